package live_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/scenarios"
	"onceover/scenarios/live"
	"onceover/scenarios/servers/serverstest"
)

// What a program does wrong is said, and nothing that it does right. A verdict on one that
// is unfit would mean nothing.
func TestAnExaminationSaysWhatAProgramDoesWrong(t *testing.T) {
	t.Parallel()
	cases := []struct {
		way  string
		mark live.Mark
		text string
	}{
		{"right", live.Right, ""},
		{"no-end", live.Unfit, "all rows are in the list, and the program does not end"},
		{"form", live.Unfit, `no element of the list tells the id of a row: element 0, "row-`},
		{"other-list", live.Unfit, `is empty, and the program filled another: "rows" (200 elements)`},
		{"past-redis", live.Unfit, "2 connections to Redis went past the proxy"},
		{"past-mysql", live.Unfit, "2 connections to MySQL went past the proxy"},
		{"tls", live.Unfit, "it speaks to MySQL in a way that the proxy cannot read (wire: not supported: TLS)"},
		{"neither", live.Unfit, "it connected to neither server"},
		{"at-once", live.Wrong, "it pushed 200 rows in one step, and a chunk had 10"},
		{"missing", live.Wrong, "it ended with 0, and 10 of 200 rows are not in the list"},
		{"child", live.Wrong, "1 process went on after the worker that had started them"},
	}
	ways := make([]string, len(cases))
	for i, c := range cases {
		ways[i] = c.way
	}
	straight := filepath.Join(t.TempDir(), "straight.txt")
	w := openWorld(t, live.Options{
		SetUp:  []string{"sh", "-c", "echo {redis_url} {mysql_host} {mysql_port} > " + straight},
		Worker: []string{serverstest.Python(t), "testdata/misfit.py", straight, strings.Join(ways, ",")},
	}, faults.Nothing)
	for _, c := range cases {
		deadline := 20 * time.Second
		if c.way == "no-end" {
			deadline = 3 * time.Second
		}
		e, err := w.Examine(t.Context(), scenarios.Workload{KeyLayout: scenarios.Dense, TTL: time.Second, Deadline: deadline}, t.TempDir())
		if err != nil {
			t.Errorf("%s: %v", c.way, err)
			continue
		}
		var bad []string
		found := false
		for _, l := range e.Lines {
			if l.Mark == live.Wrong || l.Mark == live.Unfit {
				bad = append(bad, fmt.Sprintf("%s %s", l.Mark, l.Text))
				found = found || l.Mark == c.mark && strings.Contains(l.Text, c.text) && l.Cure != ""
			}
		}
		if c.mark == live.Right && (len(bad) > 0 || !e.Faultless()) || c.mark != live.Right && !found {
			t.Errorf("%s: %q", c.way, bad)
		}
		if why, cure := e.Unfit(); (why != "") != (c.mark == live.Unfit) || (cure != "") != (why != "") {
			t.Errorf("%s: unfit %q, cure %q", c.way, why, cure)
		}
	}
}
