package markdown

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
)

func annotationsOf(t testing.TB, r *reports.Results, where func(reports.Reason) Place) string {
	t.Helper()
	var b strings.Builder
	if err := Annotate(&b, r, where); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAnnotations(t *testing.T) {
	place := func(r reports.Reason) Place {
		if r.State == reports.Worse {
			return Place{File: "ci/expect, live.txt", Line: 12}
		}
		return Place{}
	}
	for name, r := range map[string]*reports.Results{
		"annotations.txt": reporttest.Sample(), "annotations-interrupted.txt": reporttest.Interrupted(), "annotations-empty.txt": reporttest.Empty(),
	} {
		reporttest.Golden(t, name, annotationsOf(t, r, place))
	}
}

func TestOnlyAPassHasNoAnnotation(t *testing.T) {
	if text := annotationsOf(t, reporttest.Passing(), nil); text != "" {
		t.Error(text)
	}
	for name, r := range reporttest.Damaged() {
		if text := annotationsOf(t, r, nil); !strings.HasPrefix(text, "::error ") {
			t.Errorf("%s: %q", name, text)
		}
	}
}

func TestTheLastAnnotationCountsTheRest(t *testing.T) {
	for n, want := range map[int]int{9: 0, 10: 0, 11: 2, 40: 31} {
		r := reporttest.Empty()
		for i := range n {
			r.Cells = append(r.Cells, reporttest.CellOf(fmt.Sprint(i), "kill", "safe", reports.Worse, 2, reporttest.LostRun(1)))
		}
		lines := strings.Split(strings.TrimSuffix(annotationsOf(t, r, nil), "\n"), "\n")
		last := lines[len(lines)-1]
		if len(lines) != min(n, 10) || (want > 0) != strings.HasSuffix(last, fmt.Sprintf("::and %d more", want)) {
			t.Errorf("%d reasons: %d annotations, the last is %q", n, len(lines), last)
		}
	}
}

// command is what the runner of GitHub's workflows takes for a command.
var command = regexp.MustCompile(`^::error title=[^,:\r\n]*(,file=[^,:\r\n]*)?(,line=[0-9]+)?::[^\r\n]*$`)

func TestNoTextBecomesACommandOfItsOwn(t *testing.T) {
	for _, text := range append([]string{"::set-output name=a::b", "a\n::error::b", "a\r::add-mask::b", "a,line=7", "a%0Ab", "::stop-commands::x"}, reporttest.HostileTexts...) {
		if text == "" {
			continue // the sample as it is
		}
		r := reporttest.Hostile(text)
		all := annotationsOf(t, r, func(reports.Reason) Place { return Place{File: text, Line: 3} })
		lines := strings.Split(strings.TrimSuffix(all, "\n"), "\n")
		if len(lines) != 10 {
			t.Errorf("%q: %d lines", text, len(lines))
		}
		for _, line := range lines {
			if !command.MatchString(line) {
				t.Errorf("%q: %q", text, line)
			}
		}
	}
}
