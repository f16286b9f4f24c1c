package live_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
	"onceover/scenarios/servers/serverstest"
	"onceover/scenarios/target"
)

// trial is a run of testdata/loader.py.
type trial struct {
	to, way string
	plan    string // empty: an examination
	want    string // a verdict, or a line of the examination
	why     string
}

// tryTargets has a world of its own for trials, which take about a second each.
func tryTargets(t *testing.T, where target.Spec, trials []trial) {
	t.Helper()
	script := "case ${ONCEOVER_RUN##*:} in "
	for i, one := range trials {
		script += fmt.Sprintf("%d) export TARGET=%s WAY=%s;; ", i+1, one.to, one.way)
	}
	w := openWorld(t, live.Options{Worker: []string{"sh", "-c", script + "esac; exec " + serverstest.Python(t) + " testdata/loader.py"}, Target: where}, faults.Nothing)
	for _, one := range trials {
		e := execution(t, scenarios.External, "calm", one.plan)
		e.Workload.Workers, e.Workload.Rows, e.Workload.Deadline = 2, 400, 20*time.Second
		if one.plan == "" {
			seen, err := w.Examine(t.Context(), e.Workload, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(seen.Lines, func(l live.Line) bool {
				return string(l.Mark) == one.want && strings.Contains(l.Text, one.why) && (l.Mark == live.Does) == (l.Cure == "")
			}) || (one.want == string(live.Does)) != seen.Faultless() {
				t.Errorf("%s into %s: %+v", one.way, one.to, seen.Lines)
			}
			continue
		}
		e.Workload.Consumers = 2
		run := carryOut(t, w, e)
		wantVerdict(t, run, reports.Verdict(one.want))
		if text := fmt.Sprint(run.Why, run.Witnesses); !strings.Contains(text, one.why) {
			t.Errorf("%s into %s: %s\nlacks %s", one.way, one.to, text, one.why)
		}
		for _, f := range run.Faults {
			if !f.Confirmed {
				t.Errorf("%s into %s: %+v", one.way, one.to, f)
			}
		}
	}
}

// Each row has to be once in all the lists together.
func TestARowMayBeInOneOfSeveralListsOnly(t *testing.T) {
	t.Parallel()
	tryTargets(t, target.Spec{Lists: []string{"{list}:0", "{list}:1", "{list}:2"}}, []trial{
		{"hash", "watch", "", "does", "writes to the lists: "},
		{"hash", "watch", "kill worker=* reply=write nth=2 restart=10ms; kill worker=* progress=60% restart=10ms", "safe", "400 rows arrived exactly once"},
		{"workers", "lease", "pause worker=* request=write nth=2 for=3s", "duplicated", ":popped:"},
		{"list", "watch", "", "UNFIT", "the lists of --list are empty, and the program filled others: "},
	})
}

func TestARowMayBeAddedToAStreamOnce(t *testing.T) {
	t.Parallel()
	tryTargets(t, target.Spec{Stream: true}, []trial{
		{"stream", "watch", "", "does", " XADD, in "},
		{"stream", "watch", "kill worker=* reply=write nth=2 restart=10ms; kill worker=* progress=60% restart=10ms", "safe", "400 rows arrived exactly once"},
		{"stream", "resend", "lose-reply worker=* request=write nth=3", "duplicated", "in the stream twice"},
		{"stream", "dedupe_at_end", "lose-reply worker=* request=write nth=3", "duplicated", "in the stream twice"}, // somebody has read both
		{"list", "watch", "", "UNFIT", "is a list, and no stream"},
	})
}
