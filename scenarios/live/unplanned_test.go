package live_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios/live"
)

// What nobody planned is on record, and is not blamed on the strategy.
func TestTroubleThatNobodyPlannedIsNoProof(t *testing.T) {
	t.Parallel()
	w := openOwn(t, live.Options{}, faults.Nothing)
	for name, c := range map[string]struct {
		server  string
		trouble []string // commands to the server, once rows arrive
		after   []string
		want    string
	}{
		"Redis ends":           {"redis", []string{"SHUTDOWN NOSAVE"}, nil, "Redis ended with exit code 0"},
		"Redis does not write": {"redis", []string{"CONFIG SET maxmemory 1"}, []string{"CONFIG SET maxmemory 0"}, "Redis refused a command with OOM"},
		"Redis evicts": {"redis", []string{"CONFIG SET maxmemory-policy allkeys-random", "CONFIG SET maxmemory 1"},
			[]string{"CONFIG SET maxmemory 0", "CONFIG SET maxmemory-policy noeviction"}, "Redis evicted a key"},
		"Redis stands still": {"redis", []string{"CLIENT PAUSE 3000 ALL"}, nil, "Redis did not answer for"},
		"MySQL ends":         {"mysql", []string{"SHUTDOWN"}, nil, "MySQL ended with exit code 0"},
	} {
		t.Run(name, func(t *testing.T) {
			e := execution(t, "lease-lua", "calm", "pause worker=* chunk=10 at=committing for=1s")
			e.Workload.Deadline = 2 * time.Second
			ctx, cancel := context.WithCancel(t.Context())
			told := make(chan error, 1)
			go func() { told <- live.Trouble(ctx, w, c.server, c.trouble, true) }()
			run, err := w.Run(t.Context(), e)
			cancel()
			if err := errors.Join(err, <-told, live.Trouble(t.Context(), w, c.server, c.after, false)); err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(run.Unplanned, func(s string) bool { return strings.HasPrefix(s, c.want) }) || run.Verdict.Bad() {
				t.Errorf("%s: %s; trouble %q", run.Verdict, run.Why, run.Unplanned)
			}
		})
	}
}

// A server may also fail when no run goes on, or while one is judged.
func TestAServerThatFailsBetweenRunsCostsOneRun(t *testing.T) {
	t.Parallel()
	w := openOwn(t, live.Options{}, faults.Nothing)
	carryOut(t, w, execution(t, "lease-lua", "calm", ""))
	for server, want := range map[string]string{"redis": "Redis ended with exit code 0", "mysql": "MySQL ended with exit code 0"} {
		t.Run(server, func(t *testing.T) {
			command := map[string]string{"redis": "SHUTDOWN NOSAVE", "mysql": "SHUTDOWN"}[server]
			if err := live.Trouble(t.Context(), w, server, []string{command}, false); err != nil {
				t.Fatal(err)
			}
			live.AwaitEnd(t.Context(), w, server)
			run, err := w.Run(t.Context(), execution(t, "lease-lua", "calm", ""))
			if err != nil || !slices.Equal(run.Unplanned, []string{want}) {
				t.Fatalf("%v; %s: %s; trouble %q", err, run.Verdict, run.Why, run.Unplanned)
			}
			wantVerdict(t, run, reports.Inconclusive)
			wantVerdict(t, carryOut(t, w, execution(t, "lease-lua", "calm", "")), reports.Safe)
		})
	}
}

func TestAWorldThatIsAlwaysDisturbedEnds(t *testing.T) {
	t.Parallel()
	w := openOwn(t, live.Options{}, faults.Nothing)
	failed := 0
	for range 3 {
		if err := live.Trouble(t.Context(), w, "redis", []string{"SHUTDOWN NOSAVE"}, false); err != nil {
			t.Fatal(err)
		}
		live.AwaitEnd(t.Context(), w, "redis")
		if _, err := w.Run(t.Context(), execution(t, "lease-lua", "calm", "")); err != nil {
			failed++
			if !strings.Contains(err.Error(), "3 runs in a row came to nothing, the last since Redis ended with exit code 0") {
				t.Error(err)
			}
		}
	}
	if failed != 1 {
		t.Errorf("%d runs ended the campaign", failed)
	}
}
