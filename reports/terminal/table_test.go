package terminal

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/reporttest"

	"github.com/jedib0t/go-pretty/v6/text"
)

func tableText(t *testing.T, r *reports.Results, o Style) string {
	t.Helper()
	var b strings.Builder
	if err := WriteTable(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTable(t *testing.T) {
	for name, c := range map[string]struct {
		results *reports.Results
		style   Style
	}{
		"table.txt":             {reporttest.Sample(), Style{}},
		"table-colour.txt":      {reporttest.Sample(), Style{Colour: true}},
		"table-narrow.txt":      {reporttest.Sample(), Style{Width: 60}},
		"table-passing.txt":     {reporttest.Passing(), Style{Width: 100}},
		"table-interrupted.txt": {reporttest.Interrupted(), Style{Width: 100}},
		"table-empty.txt":       {reporttest.Empty(), Style{Width: 100}},
	} {
		reporttest.Golden(t, name, tableText(t, c.results, c.style))
	}
}

func TestRunLines(t *testing.T) {
	for name, style := range map[string]Style{"runlines.txt": {}, "runlines-colour.txt": {Colour: true}} {
		var b strings.Builder
		cells := reporttest.Sample().Cells
		for i, c := range cells {
			took := time.Duration(i*i*i) * 12400 * time.Millisecond
			fmt.Fprintln(&b, RunLine(i+1, len(cells), c, took, style))
		}
		reporttest.Golden(t, name, b.String())
	}
}

func TestColourChangesNothingButColour(t *testing.T) {
	coloured := tableText(t, reporttest.Sample(), Style{Colour: true, Width: 80})
	if got, want := text.StripEscape(coloured), tableText(t, reporttest.Sample(), Style{Width: 80}); got != want {
		t.Errorf("with colours taken away:\n%s\nwithout:\n%s", got, want)
	}
	if !strings.Contains(coloured, red) {
		t.Error("no colour")
	}
}

func TestWhatCheckedNothingHasNotPassed(t *testing.T) {
	unproven := reporttest.Passing()
	unproven.Cells[0].State = "unheard of"
	passedHalf := reporttest.Interrupted()
	passedHalf.Gate.Status = reports.Pass
	for name, c := range map[string]struct {
		results *reports.Results
		want    string
	}{
		"passing":                        {reporttest.Passing(), "Gate: PASS\n"},
		"empty":                          {reporttest.Empty(), "Gate: INCONCLUSIVE - nothing was checked\n"},
		"interrupted":                    {reporttest.Interrupted(), "Gate: INCONCLUSIVE - interrupted\n"},
		"interrupted, but called a pass": {passedHalf, "Gate: INCONCLUSIVE - interrupted\n"},
		"no status":                      {&reports.Results{Cells: reporttest.Passing().Cells}, "Gate: INCONCLUSIVE"},
		"a new state":                    {unproven, "3 as expected, 0 worse, 1 inconclusive"},
	} {
		if got := tableText(t, c.results, Style{}); !strings.Contains(got, c.want) {
			t.Errorf("%s: want %q in\n%s", name, c.want, got)
		}
	}
}

func TestUntrustedTextCannotSteerTheTerminal(t *testing.T) {
	for _, evil := range reporttest.HostileTexts {
		got := tableText(t, reporttest.Hostile(evil), Style{Width: 80}) + RunLine(1, 1, reporttest.Hostile(evil).Cells[0], 0, Style{})
		if strings.ContainsAny(got, "\x1b\x00\r\u202e\u2066\u200f") {
			t.Errorf("%q gets through", evil)
		}
	}
}

func TestColumnsFitTheWidth(t *testing.T) {
	r := reporttest.Wide(12, 20)
	for i := range r.Cells { // the line of faults is no table: it names all strategies
		for k := range r.Cells[i].Runs {
			r.Cells[i].Runs[k].Faults = nil
		}
	}
	const width = 90
	for _, line := range strings.Split(tableText(t, r, Style{Width: width}), "\n") {
		if got := text.StringWidthWithoutEscSequences(line); got > width {
			t.Errorf("%d columns: %s", got, line)
		}
	}
	for _, c := range r.Cells {
		if !strings.Contains(tableText(t, r, Style{Width: width}), c.Scenario) {
			t.Errorf("%s is not shown", c.Scenario)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                             "0ms",
		850 * time.Millisecond:        "850ms",
		12400 * time.Millisecond:      "12.4s",
		59940 * time.Millisecond:      "59.9s",
		59960 * time.Millisecond:      "1m00s",
		184 * time.Second:             "3m04s",
		3599600 * time.Millisecond:    "1h00m",
		62 * time.Minute:              "1h02m",
		26*time.Hour + 59*time.Minute: "26h59m",
	} {
		if got := format.Duration(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestAFailedWriteIsReported(t *testing.T) {
	if err := WriteTable(brokenWriter{}, reporttest.Sample(), Style{}); err == nil {
		t.Error("no error")
	}
}

func TestBadCellsThatPassTheGateAreExplained(t *testing.T) {
	r := reporttest.Sample()
	control, known, fine := r.Cells[1], r.Cells[4], r.Cells[3]
	for _, c := range []struct {
		cells []reports.Cell
		want  string
	}{
		{[]reports.Cell{fine}, "Gate: PASS\n1 as"},
		{[]reports.Cell{fine, control}, "Gate: PASS\n1 bad cell has to be bad, and shows that the harness sees it\n2 as"},
		{[]reports.Cell{known, known, fine}, "Gate: PASS\n2 bad cells are report only: nothing is demanded of them\n1 as"},
		{[]reports.Cell{known, control, control}, "Gate: PASS\n" +
			"2 bad cells have to be bad, and show that the harness sees it; 1 bad cell is report only: nothing is demanded of it\n2 as"},
	} {
		r.Cells, r.Gate = c.cells, reports.Gate{Status: reports.Pass}
		if got := tableText(t, r, Style{}); !strings.Contains(got, c.want) {
			t.Errorf("want %q in\n%s", c.want, got)
		}
	}
}

// A name that is longer than its column must not push all that follows out of its own.
func TestALongNameTakesTheRoomOfWhatFollows(t *testing.T) {
	for _, width := range []int{120, 140, 160} {
		short := RunLine(1, 9, reporttest.FullCell("lua", "calm", "safe", reports.AsExpected, 3), time.Second, Style{Width: width})
		long := RunLine(1, 9, reporttest.FullCell("set-nx-renewed", "own-plan@everysec", "safe", reports.AsExpected, 3), time.Second, Style{Width: width})
		if strings.Index(short, "as expected") != strings.Index(long, "as expected") || len(short) != len(long) {
			t.Errorf("%d columns:\n%s\n%s", width, short, long)
		}
	}
}
