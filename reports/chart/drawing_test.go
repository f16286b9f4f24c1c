package chart

import (
	"math"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"

	"pgregory.net/rapid"
)

// allForms uses all that a drawing offers, with one text everywhere.
func allForms(id, text string, v float64) string {
	d := newDrawing(id, v, text, text)
	d.line(v, 0, 1, v, line(plain, v))
	d.rect(v, 1, -v, v, paint{fill: hatched(plain), stroke: safe, opacity: v})
	d.circle(v, v, v, paint{fill: dotted(stuck), dash: dashed})
	d.polyline(line(lost, 2), 1, 2, v, v, 3)
	d.cross(v, v, 4, faint)
	d.arrow(0, 0, v, v, line(duplicated, 1))
	d.arrow(v, v, v, v, line(duplicated, 1))
	for i, verdict := range reports.Verdicts() {
		d.mark(verdict, v, float64(i), 12)
	}
	d.group(text, func() { d.text(10, 20, text, lettering{room: 400, bold: true}) })
	d.text(400, 50, text, lettering{room: 300, anchor: atMiddle, size: smallSize})
	d.text(700, 90, text, lettering{room: 300, anchor: atEnd})
	bottom := d.legend(10, 110, []key{{func(x, y float64) { d.circle(x, y, 3, faint) }, text}, {func(x, y float64) { d.mark(reports.Lost, x, y, 14) }, text}})
	return string(d.html(bottom))
}

func FuzzDrawing(f *testing.F) {
	for i, text := range reporttest.HostileTexts {
		f.Add(text, text, []float64{0, -0.04, 1e300, math.NaN(), math.Inf(1), math.Inf(-1), 12.345}[i%7])
	}
	f.Fuzz(func(t *testing.T, id, text string, v float64) {
		for _, fault := range lint(allForms(id, text, v)) {
			if strings.Contains(fault, "no title") && strings.TrimSpace(text) == "" {
				continue
			}
			t.Error(fault)
		}
	})
}

func TestDrawingsOfOnePageHaveNoIDsInCommon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		if a == "" || b == "" || a == b {
			return
		}
		if identifier(a) == identifier(b) {
			t.Fatalf("%q and %q are both %q", a, b, identifier(a))
		}
	})
}

func TestNumbersAreRounded(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 12: "12", 12.34: "12.3", 12.35: "12.4", -0.04: "0", -12.36: "-12.4", 1e7: "10000000", math.Inf(1): "0", math.NaN(): "0"} {
		if got := number(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
}

func TestATextIsCutToItsRoomAndKeptWhole(t *testing.T) {
	d := newDrawing("a", 800, "title", "sentence")
	d.text(10, 20, "a long text & more", lettering{room: 60})
	got := string(d.html(40))
	if !strings.Contains(got, "<title>a long text &amp; more</title>a long…</text>") {
		t.Error(got)
	}
}

func TestSnip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := clean(rapid.String().Draw(t, "text"))
		room := rapid.Float64Range(14, 400).Draw(t, "room")
		got := snip(s, room, textSize, false)
		if textWidth(got, textSize, false) > room+1e-6 {
			t.Fatalf("%q is too wide for %v", got, room)
		}
		if start, cut := strings.CutSuffix(got, "…"); got != s && (!cut || !strings.HasPrefix(s, start)) {
			t.Fatalf("%q is not the beginning of %q", got, s)
		}
	})
	if got := snip("cafe\u0301s and more", textWidth("cafe…", textSize, false), textSize, false); got != "cafe\u0301…" {
		t.Errorf("%q: a letter has lost its accent", got)
	}
}
