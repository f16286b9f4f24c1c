package main

import (
	"context"
	"io"
	"log/slog"
	"time"

	"onceover/loader"
	"onceover/reports/format"
	"onceover/reports/terminal"
)

// newLog is a log of events, or nil if progress is shown instead.
func newLog(how string, w io.Writer) *slog.Logger {
	switch how {
	case "json":
		return slog.New(slog.NewJSONHandler(w, nil))
	case "text":
		return slog.New(slog.NewTextHandler(w, nil))
	}
	return nil
}

const logEvery = 5 * time.Second

// logProgress logs how far this process is.
func (l *load) logProgress(ctx context.Context) {
	ticker := time.NewTicker(logEvery)
	defer ticker.Stop()
	terminal.Drive(ctx, ticker.C, func() {
		if l.plan.Load() != nil {
			l.log.Info("progress", l.done()...)
		}
	})
}

// done is what this process has done, as attributes of an event.
func (l *load) done() []any {
	n := &l.counts
	seconds, of := n.seconds(), 0
	if plan := l.plan.Load(); plan != nil {
		of = plan.Chunks()
	}
	return []any{
		"rows", n.rows.Load(), "chunks", n.chunks.Load(), "chunks_of", of, "bytes", n.bytes.Load(),
		"superseded", n.superseded.Load(), "failures", n.failures.Load(),
		"seconds", seconds, "rows_per_s", float64(n.rows.Load()) / seconds,
	}
}

// ended logs the end of a load. What is logged is not printed once more.
func (l *load) ended(err error) error {
	if err == nil {
		l.log.Info("done", l.done()...)
		return nil
	}
	code, try := diagnose(err)
	l.log.Error("failed", append(l.done(), "error", format.OneLine(err), "try", try, "exit_code", code, "goes_on", loader.GoesOn(err) && l.strategy.Conditional)...)
	return gateError{code}
}
