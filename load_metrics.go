package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"onceover/reports"
	"onceover/reports/program"
)

// serveMetrics answers at an address while a load runs, and at no other one. The format is
// Prometheus' text format; its client library would bring six modules for these few lines.
func (l *load) serveMetrics(address string) (stop func(), err error) {
	if address == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, advice{error: fmt.Errorf("--metrics %s: %w", address, err), try: "an address of this host whose port is free, such as 127.0.0.1:9464", code: reports.ExitUsage}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		l.writeMetrics(w)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	return func() {
		ending, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := server.Shutdown(ending); err != nil {
			_ = server.Close() // whoever still reads has had a second
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			l.say(fmt.Sprintf("--metrics: %v", err))
		}
	}, nil
}

func (l *load) writeMetrics(w io.Writer) {
	n := &l.counts
	var rows, chunks uint64
	if plan := l.plan.Load(); plan != nil {
		rows, chunks = plan.Rows, uint64(plan.Chunks())
	}
	for _, m := range []struct {
		name, kind, help string
		value            any
	}{
		{"rows_total", "counter", "Rows pushed by this process.", n.rows.Load()},
		{"bytes_total", "counter", "Bytes of elements pushed by this process.", n.bytes.Load()},
		{"chunks_total", "counter", "Chunks committed by this process.", n.chunks.Load()},
		{"superseded_total", "counter", "Chunks read in vain, since another worker committed them first.", n.superseded.Load()},
		{"failures_total", "counter", "Failures after which this process went on.", n.failures.Load()},
		{"rows_planned", "gauge", "Rows of the job's plan, 0 before there is one.", rows},
		{"chunks_planned", "gauge", "Chunks of the job's plan, 0 before there is one.", chunks},
		{"seconds", "gauge", "Seconds since this process began.", n.seconds()},
	} {
		fmt.Fprintf(w, "# HELP onceover_load_%[1]s %[3]s\n# TYPE onceover_load_%[1]s %[2]s\nonceover_load_%[1]s %[4]v\n", m.name, m.kind, m.help, m.value)
	}
	const build = "onceover_build_info"
	fmt.Fprintf(w, "# HELP %[1]s The version of onceover.\n# TYPE %[1]s gauge\n%[1]s{version=\"%[2]s\"} 1\n", build, labelValue.Replace(program.Version()))
}

var labelValue = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
