package reports_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestHistoryIsReadBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOf(rapid.Custom(drawEvent)).Draw(t, "events")
		var b bytes.Buffer
		w := reports.NewHistoryWriter(&b)
		var want []reports.Event
		for i, e := range events {
			w.Add(e)
			if e.Seq = i + 1; i == 0 {
				e.Schema = reports.HistorySchema
			}
			want = append(want, e)
		}
		got, err := reports.ReadHistory(&b)
		if diff := cmp.Diff(want, got); err != nil || w.Err() != nil || diff != "" {
			t.Fatal(err, w.Err(), diff)
		}
	})
}

func drawEvent(t *rapid.T) reports.Event {
	return reports.Event{
		AtMS:   rapid.Float64Range(0, 1e9).Draw(t, "at"),
		Kind:   rapid.SampledFrom([]reports.EventKind{reports.EventRun, reports.EventWorker, reports.EventStep, reports.EventFault, reports.EventServer, reports.EventConsumer, reports.EventCheck}).Draw(t, "kind"),
		Worker: rapid.IntRange(-1, 9).Draw(t, "worker"),
		Life:   rapid.IntRange(0, 3).Draw(t, "life"),
		Chunk:  rapid.IntRange(-1, 9).Draw(t, "chunk"),
		Step:   rapid.SampledFrom([]string{"", "claimed", "committed"}).Draw(t, "step"),
		Text:   rapid.String().Draw(t, "text"),
		Fault: rapid.Ptr(rapid.Custom(func(t *rapid.T) reports.FaultRef {
			return reports.FaultRef{Index: rapid.IntRange(0, 9).Draw(t, "fault"), Kind: "kill", Phase: reports.FaultSeen, Effect: reports.WorkerDies}
		}), true).Draw(t, "fault"),
	}
}

func TestATornHistoryGivesWhatIsWholeAndAnError(t *testing.T) {
	events, err := reports.ReadHistory(strings.NewReader(`{"schema":"onceover.history/2","seq":1,"kind":"run"}` + "\n" + `{"seq":2,"ki`))
	if len(events) != 1 || err == nil || !strings.Contains(err.Error(), "event 2") {
		t.Errorf("%v, %v", events, err)
	}
}

// An older history told in prose what is now read from fields.
func TestAHistoryOfAnotherFormIsRefused(t *testing.T) {
	for form, text := range map[string]string{
		"onceover.history/1": `{"seq":1,"kind":"run"}`,
		"onceover.history/3": `{"schema":"onceover.history/3","seq":1,"kind":"run"}`,
	} {
		events, err := reports.ReadHistory(strings.NewReader(text))
		if len(events) != 0 || !errors.Is(err, reports.ErrHistoryForm) || !strings.Contains(err.Error(), form+", and not "+reports.HistorySchema) {
			t.Errorf("%s: %v, %v", form, events, err)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestAFailedWriteIsReported(t *testing.T) {
	h := reports.NewHistoryWriter(brokenWriter{})
	h.Add(reports.Event{})
	h.Add(reports.Event{})
	for name, err := range map[string]error{
		"history": h.Err(),
		"results": reporttest.Sample().Write(filepath.Join(t.TempDir(), "no such folder")),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestCountTalliesEveryRunOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		verdicts := rapid.SliceOf(rapid.SampledFrom(append(reports.Verdicts(), "unheard of"))).Draw(t, "verdicts")
		runs := make([]reports.Run, len(verdicts))
		bad := 0
		for i, v := range verdicts {
			runs[i].Verdict = v
			if v.Bad() {
				bad++
			}
		}
		n := reports.Count(runs)
		if n.N != len(runs) || n.Safe+n.Bad()+n.Inconclusive != n.N || n.Bad() != bad {
			t.Fatalf("%+v of %v", n, verdicts)
		}
	})
}
