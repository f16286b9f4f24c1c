package main

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"onceover/reports/format"
	"onceover/reports/terminal"

	"golang.org/x/term"
)

// coloured decides about colour, for each stream by itself: flag, NO_COLOR,
// FORCE_COLOR or CLICOLOR_FORCE, dumb terminals, and whether it is a terminal.
func coloured(flag string, out io.Writer, getenv func(string) string) bool {
	switch {
	case flag != "auto":
		return flag == "always"
	case getenv("NO_COLOR") != "":
		return false
	case getenv("FORCE_COLOR") != "" || getenv("CLICOLOR_FORCE") != "":
		return true
	}
	return getenv("TERM") != "dumb" && isTerminal(out)
}

// pipeTolerant is a stream whose reader may go away before the end, as head does. The
// work goes on unheard: servers have to be removed, and results written.
type pipeTolerant struct{ file *os.File }

func (p pipeTolerant) Write(text []byte) (int, error) {
	n, err := p.file.Write(text)
	if errors.Is(err, syscall.EPIPE) {
		return len(text), nil
	}
	return n, err
}

// orderless is a stream of which a CI system reads the log. Whatever a stored result, a
// worker or a server put into a sentence, no line of it is a command for that system.
type orderless struct{ io.Writer }

func (o orderless) Write(text []byte) (int, error) {
	if _, err := io.WriteString(o.Writer, format.WithoutOrders(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Unwrap is the stream that may give orders.
func (o orderless) Unwrap() io.Writer { return o.Writer }

// behind is the stream itself, for commands that are meant, and for its terminal.
func behind(out io.Writer) io.Writer {
	for {
		wrapped, ok := out.(interface{ Unwrap() io.Writer })
		if !ok {
			return out
		}
		out = wrapped.Unwrap()
	}
}

// share folds what is printed to the width of the terminal, and lets it stand above the progress that is shown on
// standard error. Standard output that goes elsewhere has no part in it: whoever reads it may be slow.
func (s *streams) share() {
	var one terminal.Shared
	if isTerminal(s.stdout) {
		s.stdout = one.Stream(s.stdout, columns(s.stdout))
	}
	s.stderr = one.Stream(s.stderr, columns(s.stderr))
}

// columns asks for the width of a terminal; it is nil for what is none.
func columns(out io.Writer) func() int {
	if !isTerminal(out) {
		return nil
	}
	return func() int { return width(out) }
}

func isTerminal(out io.Writer) bool {
	p, ok := behind(out).(pipeTolerant)
	return ok && term.IsTerminal(int(p.file.Fd()))
}

// defaultWidth is how wide what goes to no terminal is.
const defaultWidth = 100

// width of the terminal behind a stream, or a default.
func width(out io.Writer) int {
	if p, ok := behind(out).(pipeTolerant); ok {
		if w, _, err := term.GetSize(int(p.file.Fd())); err == nil && w > 0 {
			return w
		}
	}
	return defaultWidth
}

// progressOptions decides how progress is shown on standard error.
func (c *cli) progressOptions(s streams) terminal.ProgressOptions {
	mode := terminal.ProgressMode(c.Progress)
	if c.Progress == "auto" {
		mode = terminal.ProgressLines
		if isTerminal(s.stderr) && s.getenv("CI") == "" && s.getenv("TERM") != "dumb" {
			mode = terminal.ProgressBar
		}
	}
	return terminal.ProgressOptions{
		Mode: mode, Colour: coloured(c.Color, s.stderr, s.getenv),
		Width: func() int { return width(s.stderr) }, Now: time.Now,
	}
}

// ticking lets progress move until ctx ends or stop is called.
func ticking(ctx context.Context, tick func()) (stop func()) {
	ctx, stop = context.WithCancel(ctx)
	ticker := time.NewTicker(200 * time.Millisecond)
	context.AfterFunc(ctx, ticker.Stop)
	go terminal.Drive(ctx, ticker.C, tick)
	return stop
}

// counting shows how many of so many are done, until stop is called or ctx ends.
func (c *cli) counting(ctx context.Context, s streams, of string, total int) (progress *terminal.RowProgress, stop func()) {
	progress = terminal.NewRowProgress(s.stderr, of, int64(total), c.progressOptions(s))
	rest := ticking(ctx, progress.Tick)
	return progress, sync.OnceFunc(func() {
		rest()
		progress.Close()
	})
}

// stopping is said at the first interrupt.
const stopping = "stopping; once more to quit at once"

// onInterrupt calls say when ctx ends. The function that it returns takes that
// back, or waits until it was said.
func onInterrupt(ctx context.Context, say func()) (done func()) {
	said := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(said)
		say()
	})
	return sync.OnceFunc(func() {
		switch {
		case !stop():
			<-said
		case ctx.Err() != nil: // the work ended before the callback began
			say()
		}
	})
}
