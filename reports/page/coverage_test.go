package page

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/reporttest"
)

func TestPointsThatWereNeverHitAreNamed(t *testing.T) {
	c := reporttest.CellOf("a", "kill", "safe", reports.NotProven, 1)
	c.Runs[0].Faults = []reports.Fault{
		{Text: "kill worker=0 chunk=3 at=read restart=1s", Confirmed: true},
		{Text: "kill worker=0 chunk=4 at=claiming restart=1s"},
		{Text: "pause progress=40% for=1s"},
		{Text: ""},
	}
	v := newSource(reporttest.OfCells(c), Options{}).coverage()
	if want := "1 of 4 points of the fault plans (a fault, a place and a strategy) were hit, which is 25.0\u00a0%; nothing is known of the others. In all, 1 of 4 faults were seen to take effect."; v.Answer != want {
		t.Errorf("%q, want %q", v.Answer, want)
	}
	want := []string{"kill at claiming, under a", "pause at progress 40%, under a", "unknown at no place, under a"}
	if !slices.Equal(v.Never, want) {
		t.Errorf("%q, want %q", v.Never, want)
	}
	var order []string
	for _, p := range v.Points {
		order = append(order, p.Kind+" "+p.Place)
	}
	if got := strings.Join(order, ", "); got != "kill claiming, kill read, pause progress 40%, unknown no place" {
		t.Errorf("order: %s", got)
	}
}

// The answer and the table are of the same faults: those of runs on servers.
func TestTheCoverageIsThatOfItsTable(t *testing.T) {
	r := reporttest.Merged()
	for i := range r.Cells {
		for k := range r.Cells[i].Runs {
			r.Cells[i].Runs[k].Faults = append(r.Cells[i].Runs[k].Faults, reports.Fault{Text: "kill worker=0 chunk=3 at=read", Confirmed: k%2 == 0})
		}
	}
	want, got := format.CountFaults(reports.Those(r.Cells, func(c reports.Cell) bool { return c.Search == nil })), hitView{}
	v := newSource(r, Options{}).coverage()
	for _, p := range v.Points {
		for _, c := range p.Cells {
			got.Seen, got.Planned = got.Seen+c.Seen, got.Planned+c.Planned
		}
	}
	said := fmt.Sprintf("%s of %s faults were seen to take effect.", format.Thousands(got.Seen), format.Thousands(got.Planned))
	if got != (hitView{want.Confirmed, want.Planned}) || got.Seen == 0 || !strings.Contains(v.Answer, said) {
		t.Errorf("the table has %+v, want %+v, and the answer says %q", got, want, v.Answer)
	}
}

func TestAPointIsHitPerStrategy(t *testing.T) {
	hit, missed := reporttest.CellOf("a", "kill", "safe", reports.AsExpected, 1), reporttest.CellOf("b", "kill", "safe", reports.NotProven, 1)
	hit.Runs[0].Faults = []reports.Fault{{Text: "kill chunk=3 at=read", Confirmed: true}}
	missed.Runs[0].Faults = []reports.Fault{{Text: "kill chunk=3 at=read"}}
	v := newSource(reporttest.OfCells(hit, missed), Options{}).coverage()
	if len(v.Points) != 1 || v.Points[0].Cells[0].Never() || !v.Points[0].Cells[1].Never() {
		t.Errorf("%+v", v.Points)
	}
}

// A fault is aimed at a step or at a message, and one that takes another key is another fault.
func TestPlacesAreReadOutOfThePlan(t *testing.T) {
	for text, want := range map[string]point{
		"kill worker=0 chunk=* at=read":       {"kill", "read"},
		"lose-reply worker=* request=EXEC":    {"lose-reply", "request EXEC"},
		"kill worker=1 reply=EVALSHA nth=2":   {"kill", "reply EVALSHA"},
		"evict progress=40% key=plan":         {"evict key=plan", "progress 40%"},
		"refuse request=write error=oom for=": {"refuse error=oom", "request write"},
		"redis-kill":                          {"redis-kill", "no place"},
	} {
		if got := pointOf(text); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}
