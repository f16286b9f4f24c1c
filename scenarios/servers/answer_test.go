package servers

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onceover/scenarios/servers/images"
)

// silentEngine is an engine that takes connections and never says anything.
func silentEngine(t *testing.T) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "engine.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	t.Setenv("DOCKER_HOST", "unix://"+socket)
	t.Setenv("DOCKER_CONTEXT", "")
}

const briefly = 20 * time.Millisecond

func TestAnEngineThatIsSilentFromTheBeginningIsNamed(t *testing.T) {
	silentEngine(t)
	_, err := dial(t.Context(), nil, briefly)
	if !errors.Is(err, ErrNoEngine) || !errors.Is(err, ErrSilent) {
		t.Error(err)
	}
}

// An engine may fall silent whenever it is asked for something.
func TestNothingWaitsForeverForAnEngineThatFellSilent(t *testing.T) {
	silentEngine(t)
	e, err := newEngine(nil, briefly)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{spec: spec{name: "Redis", port: "6379"}, engine: e, id: "0123456789abcdef"}
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"version": func() error { _, err := e.Version(ctx); return err },
		"sweep":   func() error { return e.sweep(ctx) },
		"image":   func() error { _, err := e.Present(ctx, images.Redis); return err },
		"inspect": func() error { _, err := s.inspect(ctx); return err },
		"kill":    func() error { _, err := s.Kill(ctx); return err },
		"start":   func() error { _, err := s.Start(ctx); return err },
		"recover": func() error { _, err := s.Recover(ctx); return err },
		"remove":  func() error { return s.Remove(ctx) },
	} {
		if err := call(); !errors.Is(err, ErrSilent) || !strings.Contains(err.Error(), "asked to ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if words := s.lastWords(); words != "" {
		t.Errorf("last words are %q", words)
	}
}

func TestAnInterruptEndsTheWaitForAnEngine(t *testing.T) {
	silentEngine(t)
	e, err := newEngine(nil, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.sweep(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
