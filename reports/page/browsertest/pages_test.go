package browsertest

import (
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/page"
	"onceover/reports/reporttest"
)

// render is a result as a page.
func render(t testing.TB, r *reports.Results) string {
	t.Helper()
	var b strings.Builder
	history := func(string) ([]reports.Event, error) { return reporttest.History(), nil }
	o := page.Options{History: history, Beside: func(string) bool { return true }, Trace: func(folder string) string { return "traces/" + folder }}
	if err := page.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// samples are pages of every kind.
func samples(t testing.TB) map[string]string {
	return map[string]string{
		"live":        render(t, reporttest.Sample()),
		"both worlds": render(t, reporttest.Merged()),
		"interrupted": render(t, reporttest.Interrupted()),
		"empty":       render(t, reporttest.Empty()),
		"wide":        render(t, reporttest.Wide(4, 13)),
	}
}

// eachSample looks at the samples that have a section of every kind in all modes, and at the
// others in the first alone.
func eachSample(t *testing.T, modes []mode, look func(t *testing.T, m mode, text string)) {
	for name, text := range samples(t) {
		some := modes
		if name != "live" && name != "both worlds" {
			some = modes[:1]
		}
		for _, m := range some {
			t.Run(name+", "+m.name, func(t *testing.T) { look(t, m, text) })
		}
	}
}

// spoil breaks a page: what is replaced must be there.
func spoil(t testing.TB, text, old, broken string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("the page has no %q to be broken", old)
	}
	return strings.ReplaceAll(text, old, broken)
}

// small is a page with a little of everything, to be broken.
func small(t testing.TB) string {
	r := reporttest.Passing()
	r.Cells = r.Cells[2:]
	return render(t, r)
}
