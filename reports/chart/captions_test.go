package chart

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/compare"
	"onceover/reports/metric"

	"pgregory.net/rapid"
)

// drawnRow is a row as it is found in a drawing.
type drawnRow struct {
	x      float64 // of its mark
	number string  // beside it
	wrong  bool    // it is marked as a wrong result
}

var rowLabel = regexp.MustCompile(`<text x="20" y="[\d.]+">(?:lock|fault)-(\d+)</text>`)

// drawnRows reads the rows that have a mark out of a drawing. The mark is a pattern with its x;
// wrongMark, so wide, is that of a wrong result.
func drawnRows(t *rapid.T, figure *svg.Figure, number, mark, wrongMark string, wide float64) map[int]drawnRow {
	text, rows := string(figure.SVG), map[int]drawnRow{}
	at := rowLabel.FindAllStringSubmatchIndex(text, -1)
	for i, label := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		part := text[label[1]:end]
		var row drawnRow
		x := regexp.MustCompile(mark).FindStringSubmatch(part)
		if wrong := regexp.MustCompile(wrongMark).FindStringSubmatch(part); wrongMark != "" && wrong != nil {
			x, row.wrong = wrong, true
		}
		if x == nil {
			continue
		}
		value, err := strconv.ParseFloat(x[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		if row.wrong {
			value += wide / 2
		}
		row.x, row.number = value, regexp.MustCompile(`<text x="` + number + `"[^>]*>([^<]*)<`).FindStringSubmatch(part)[1]
		id, _ := strconv.Atoi(text[label[2]:label[3]])
		rows[id] = row
	}
	return rows
}

// claim is a number in a caption, and whose it is.
type claim struct {
	number string
	row    int
	wrong  bool
}

var claims = regexp.MustCompile(`([\d.,kMG]+(?: of [\d.,kMG]+| %|ms|m?s|m\d+s)?)(?: [a-z]\S*)?(?: runs)? \((?:rows (?:read|sent) by )?lock-(\d+) under fault-\d+(, wrong result)?\)`)

func claimsOf(caption string) (all []claim) {
	for _, c := range claims.FindAllStringSubmatch(caption, -1) {
		row, _ := strconv.Atoi(c[2])
		all = append(all, claim{c[1], row, c[3] != ""})
	}
	return all
}

// holds compares claims with the extremes of the rows that are drawn, in the order in which they
// are named: "low" and "high" are those of all, "right low" and "right high" those of right results.
func holds(t *rapid.T, caption string, rows map[int]drawnRow, extremes ...string) {
	got := claimsOf(caption)
	if len(got) != len(extremes) {
		t.Fatalf("%d claims, want %q, in %q of %+v", len(got), extremes, caption, rows)
	}
	for i, what := range extremes {
		best := math.NaN()
		for _, r := range rows {
			switch {
			case r.wrong && strings.HasPrefix(what, "right"):
			case strings.HasSuffix(what, "low"):
				best = least(best, r.x)
			default:
				best = -least(-best, -r.x)
			}
		}
		named, ok := rows[got[i].row]
		if !ok || math.Abs(named.x-best) > 0.11 || named.number != got[i].number || named.wrong != got[i].wrong {
			t.Fatalf("%s is drawn at %v, and the caption names %+v, which is %+v: %q", what, best, got[i], named, caption)
		}
	}
}

func least(a, b float64) float64 {
	if math.IsNaN(a) {
		return b
	}
	return min(a, b)
}

func places(t *rapid.T) (all []place) {
	for i := range rapid.IntRange(2, 8).Draw(t, "rows") {
		all = append(all, place{fmt.Sprintf("lock-%d", i), fmt.Sprintf("fault-%d", i)})
	}
	return all
}

// ofRight are the extremes that a caption has to name: those of right results, too, where one of
// all is that of a wrong one.
func ofRight(caption string, rows map[int]drawnRow, all, right []string) []string {
	rights := 0
	for _, r := range rows {
		if !r.wrong {
			rights++
		}
	}
	all = slices.Clone(all[:min(len(all), len(rows))])
	for _, c := range claimsOf(caption)[:len(all)] {
		if c.wrong && rights > 0 {
			return append(all, right[:min(len(right), rights)]...)
		}
	}
	return all
}

func TestACaptionNamesTheExtremesThatAreDrawn(t *testing.T) {
	t.Run("costs", rapid.MakeCheck(func(t *rapid.T) {
		p := NewCosts("c", "title", metric.RedisCommands, nil)
		for _, at := range places(t) {
			values := rapid.SliceOfN(rapid.Float64Range(1, 100_000), 0, 6).Draw(t, "values")
			p.Rows = append(p.Rows, CostRow{place: at, Values: finite(values), Wrong: rapid.Bool().Draw(t, "wrong")})
		}
		rows := drawnRows(t, p.Figure(), "750", `<circle cx="([\d.]+)" cy="[\d.]+" r="4.5"`, `<path d="M([\d.]+) [^"]*" fill="none" stroke="currentColor" stroke-width="2.5"`, 10)
		holds(t, p.Figure().Finding, rows, ofRight(p.Figure().Finding, rows, []string{"low", "high"}, []string{"right low", "right high"})...)
	}))
	t.Run("waste", rapid.MakeCheck(func(t *rapid.T) {
		p := NewWaste("w", "title", nil)
		for _, at := range places(t) {
			r := WasteRow{place: at, Work: "read", First: rapid.Int64Range(1, 5).Draw(t, "first"), Again: rapid.Int64Range(1, 500).Draw(t, "again"), Wrong: rapid.Bool().Draw(t, "wrong")}
			p.Rows = append(p.Rows, r)
		}
		// The share done again begins where the dark part does: the further left, the larger.
		rows := drawnRows(t, p.Figure(), "736", `<rect x="([\d.]+)" y="[^>]* fill="currentColor" stroke=`, `<rect x="([\d.]+)" y="[^>]* fill="url`, 0)
		holds(t, p.Figure().Finding, rows, ofRight(p.Figure().Finding, rows, []string{"low"}, []string{"right low"})...)
	}))
	t.Run("recovery", rapid.MakeCheck(func(t *rapid.T) {
		p := NewRecovery("r", "title", nil, 0, nil)
		milliseconds := rapid.SliceOfN(rapid.Float64Range(0.1, 100_000), 0, 6)
		for _, at := range places(t) {
			p.Rows = append(p.Rows, RecoveryRow{at, finite(milliseconds.Draw(t, "recovered")), finite(milliseconds.Draw(t, "censored")), "", false})
		}
		rows := drawnRows(t, p.Figure(), "618", `<path d="M([\d.]+) [^"]*" fill="none" stroke="currentColor" stroke-width="2.5"`, "", 0)
		holds(t, p.Figure().Finding, rows, []string{"high"}[:min(1, len(rows))]...)
		none := strings.Count(string(p.Figure().SVG), ">not reached<")
		if said := strings.Contains(p.Figure().Finding, fmt.Sprintf("; %d cell", none)); said != (none > 0) {
			t.Fatalf("%d cells have no median, and the caption says %q", none, p.Figure().Finding)
		}
	}))
	t.Run("forest", rapid.MakeCheck(func(t *rapid.T) {
		p := NewForest("f", "title", nil)
		bad := 0
		for _, at := range places(t) {
			r := ForestRow{place: at, Found: []reports.Verdict{reports.Lost}, Tally: reports.Tally{Safe: rapid.IntRange(0, 9).Draw(t, "safe"), Lost: rapid.IntRange(0, 9).Draw(t, "lost")}}
			if r.Tally.N = r.Tally.Safe + r.Tally.Lost; r.Tally.Lost == 0 {
				r.Found = []reports.Verdict{reports.Safe}
			} else {
				bad++
			}
			p.Rows = append(p.Rows, r)
		}
		rows := drawnRows(t, p.Figure(), "500", `<g transform="translate\(([\d.]+) [\d.]+\) scale\(0.75\)`, "", 0)
		caption, rest, _ := strings.Cut(p.Figure().Finding, "; ")
		want := []string{"low", "high"}[:min(2, bad)]
		if strings.Contains(caption, ", each in") {
			want = nil
		}
		holds(t, caption, rows, want...)
		tips := drawnRows(t, p.Figure(), "846", `<path d="M([\d.]+) [^"]*" fill="currentColor"`, "", 0)
		if found := regexp.MustCompile(`lock-(\d+) under`).FindStringSubmatch(rest); len(tips) > 0 {
			id, _ := strconv.Atoi(found[1])
			for other, tip := range tips {
				if named, drawn := tips[id]; drawn && tip.x > named.x {
					t.Fatalf("the tip of %d is further right than that of %d: %q", other, id, rest)
				}
			}
		}
	}))
}

func TestACaptionCountsTheChangesThatAreDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newChanges("a", "title", "rows/s", svg.Round, svg.Round)
		for _, at := range places(t) {
			value := rapid.SampledFrom([]float64{math.NaN(), 10, 500})
			r := ChangeRow{place: at, Old: value.Draw(t, "old"), New: value.Draw(t, "new"), Note: "p"}
			if !math.IsNaN(r.Old + r.New) {
				r.Turn = rapid.SampledFrom([]compare.Change{compare.Same, compare.Better, compare.Worse}).Draw(t, "turn")
			}
			p.Rows = append(p.Rows, r)
		}
		drawing := string(p.Figure().SVG)
		count := func(word string) int {
			return len(regexp.MustCompile(`<text x="656"[^>]*>`+word+`<`).FindAllString(drawing, -1))
		}
		want := fmt.Sprintf("%d of %d cells became worse and %d better; in %d no difference is shown", count("worse"), len(p.Rows), count("better"), count("~"))
		if n := strings.Count(drawing, ">~ p<"); n > 0 {
			want += fmt.Sprintf("; %d cannot be compared", n)
		}
		if got := p.Figure().Finding; got != want+"." {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}
