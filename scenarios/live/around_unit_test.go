package live

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onceover/reports"
)

// A failed tear-down excuses nothing that was found.
func TestAFailedTearDownOnlyTakesFromASafeRun(t *testing.T) {
	failure := fmt.Errorf("%w: exit status 4", errTearDown)
	bad := untidied(reports.Run{Verdict: reports.Lost, Why: "a row is lost"}, failure)
	if bad.Verdict != reports.Lost || len(bad.Unplanned) > 0 || bad.Why != "a row is lost; and its tear-down failed: exit status 4" {
		t.Errorf("%+v", bad)
	}
	good := untidied(reports.Run{Verdict: reports.Safe, RowsPerSec: 7}, failure)
	if good.Verdict != reports.Inconclusive || good.RowsPerSec != 0 || len(good.Unplanned) != 1 {
		t.Errorf("%+v", good)
	}
	if same := untidied(reports.Run{Verdict: reports.Safe, RowsPerSec: 7}, nil); same.Verdict != reports.Safe || same.RowsPerSec != 7 {
		t.Errorf("%+v", same)
	}
}

func TestASetUpThatKeepsFailingEndsTheCampaign(t *testing.T) {
	w := &World{}
	failure := fmt.Errorf("%w: exit status 3", ErrSetup)
	for i := 1; i <= disturbedInARow; i++ {
		run, err := w.disturbed(t.Context(), failure, nil)
		if last := i == disturbedInARow; last != errors.Is(err, ErrSetup) || !last && run.Verdict != reports.Inconclusive {
			t.Errorf("the failure %d: %s, %v", i, run.Verdict, err)
		}
	}
}

// One that hangs is ended with all that it has started.
func TestACommandAroundTheWorkersHasALimit(t *testing.T) {
	log, err := openLog(filepath.Join(t.TempDir(), "log"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := command{argv: []string{"sh", "-c", "sleep 600 & exec sleep 600"}, env: os.Environ(), log: log.output}
	text, err := around{limit: 50 * time.Millisecond}.carryOut(t.Context(), c)
	if err != nil || text != "it was ended after 50ms" {
		t.Errorf("%q, %v", text, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (around{limit: time.Hour}).carryOut(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	c.argv = []string{"sh", "-c", "echo bad; exit 7"}
	if text, err := (around{limit: time.Hour}).carryOut(t.Context(), c); err != nil || text != "exit status 7" || !strings.Contains(log.lastLine(), "bad") {
		t.Errorf("%q, %v", text, err)
	}
	if err := log.close(); err != nil {
		t.Error(err)
	}
}
