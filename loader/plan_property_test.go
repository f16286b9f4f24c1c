package loader

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawPlan makes a plan as the loader makes them, over keys anywhere in the
// range of their type.
func drawPlan(t *rapid.T) *Plan {
	p := &Plan{
		Version: planVersion, Strategy: "s", Layout: Ranges,
		Job:      Job{Table: "t", List: "l", Key: []string{"id"}, Columns: []string{"id"}, ChunkSize: rapid.IntRange(1, MaxChunkSize).Draw(t, "size")},
		Unsigned: rapid.Bool().Draw(t, "unsigned"),
	}
	space := keyspace{p.Unsigned}
	if rapid.Bool().Draw(t, "keyset") {
		p.Layout = Keyset
		borders := rapid.SliceOfNDistinct(rapid.Uint64(), 1, 40, rapid.ID).Draw(t, "borders")
		slices.Sort(borders)
		for _, b := range borders {
			p.Borders = append(p.Borders, space.format(place(b)))
		}
		p.first = place(borders[0])
		p.last = place(rapid.Uint64Range(borders[len(borders)-1], math.MaxUint64).Draw(t, "last"))
	} else {
		width := rapid.Uint64Range(0, uint64(p.Job.ChunkSize)*50).Draw(t, "width")
		first := rapid.OneOf(rapid.Uint64Range(0, math.MaxUint64-width), rapid.Just(uint64(0)), rapid.Just(math.MaxUint64-width)).Draw(t, "first")
		p.first, p.last = place(first), place(first+width)
	}
	p.Rows, p.First, p.Last = 1, space.format(p.first), space.format(p.last)
	if err := p.seal(); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestChunksPartitionTheKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		space := keyspace{p.Unsigned}
		next := p.first
		for i := range p.Chunks() {
			b := p.Bounds(i)
			first, errFirst := space.parse(b.First)
			last, errLast := space.parse(b.Last)
			if err := errors.Join(errFirst, errLast); err != nil {
				t.Fatal(err)
			}
			if first != next || last < first {
				t.Fatalf("chunk %d has the bounds %v, want it to begin at %s", i, b, space.format(next))
			}
			for _, key := range []string{b.First, b.Last} {
				if of, ok := p.ChunkOf(key); !ok || of != i {
					t.Errorf("ChunkOf(%s) = %d, %t, want %d", key, of, ok, i)
				}
			}
			if last == p.last {
				if i != p.Chunks()-1 {
					t.Errorf("chunk %d of %d ends at the last key", i, p.Chunks())
				}
				return
			}
			next = last + 1
		}
		t.Errorf("no chunk ends at the last key, %s", p.Last)
	})
}

func TestAnyKeyIsInTheChunkWhoseBoundsHoldIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		space := keyspace{p.Unsigned}
		at := place(rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(uint64(p.first), uint64(p.last))).Draw(t, "key"))
		i, ok := p.ChunkOf(space.format(at))
		if ok != (at >= p.first && at <= p.last) {
			t.Fatalf("ChunkOf(%s) is %t for keys from %s to %s", space.format(at), ok, p.First, p.Last)
		}
		if !ok {
			return
		}
		b := p.Bounds(i)
		first, _ := space.parse(b.First)
		last, _ := space.parse(b.Last)
		if at < first || at > last {
			t.Errorf("key %s is said to be in chunk %d, whose bounds are %v", space.format(at), i, b)
		}
	})
}

func TestKeysThatAreNoKeys(t *testing.T) {
	p := &Plan{Version: planVersion, Job: Job{ChunkSize: 10}, Layout: Ranges, Rows: 5, First: "-5", Last: "5"}
	if err := p.seal(); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", "x", "1.0", "-6", "6", "9223372036854775808"} {
		if i, ok := p.ChunkOf(key); ok {
			t.Errorf("ChunkOf(%q) = %d", key, i)
		}
	}
}

func TestPlacesFollowTheOrderOfTheKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		space := keyspace{Unsigned: false}
		pa, errA := space.parse(strconv.FormatInt(a, 10))
		pb, errB := space.parse(strconv.FormatInt(b, 10))
		if err := errors.Join(errA, errB); err != nil {
			t.Fatal(err)
		}
		if (pa < pb) != (a < b) || space.format(pa) != strconv.FormatInt(a, 10) {
			t.Errorf("%d is at %d (%s), %d at %d", a, pa, space.format(pa), b, pb)
		}
	})
}

func TestPlanIsTheSameAfterAJourneyThroughRedis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		p.Job.List = rapid.String().Draw(t, "list")
		p.Rows = rapid.Uint64Min(1).Draw(t, "rows")
		if err := p.seal(); err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := openPlan(p.ID(), string(body))
		if err != nil {
			t.Fatal(err)
		}
		if back.ID() != p.ID() || back.Chunks() != p.Chunks() || back.Bounds(0) != p.Bounds(0) {
			t.Errorf("%+v came back as %+v", p, back)
		}
		if difference := back.differs(p.Job, p.Server, p.Strategy, p.Snapshot); difference != "" {
			t.Errorf("it differs from itself: %s", difference)
		}
	})
}

func TestPlansThatAreNotSoundAreRefused(t *testing.T) {
	ranges := Plan{Version: planVersion, Job: Job{ChunkSize: 10}, Layout: Ranges, Rows: 5, First: "1", Last: "100"}
	keyset := ranges
	keyset.Layout, keyset.Borders = Keyset, []string{"1", "50"}
	for _, tc := range []struct {
		name   string
		base   Plan
		tamper func(*Plan)
	}{
		{"version", ranges, func(p *Plan) { p.Version++ }},
		{"first is no number", ranges, func(p *Plan) { p.First = "one" }},
		{"last is no number", ranges, func(p *Plan) { p.Last = "" }},
		{"first beyond the type", ranges, func(p *Plan) { p.Last = "9223372036854775808" }},
		{"negative though unsigned", ranges, func(p *Plan) { p.Unsigned, p.First = true, "-1" }},
		{"last below first", ranges, func(p *Plan) { p.Last = "0" }},
		{"no chunk size", ranges, func(p *Plan) { p.Job.ChunkSize = 0 }},
		{"negative chunk size", ranges, func(p *Plan) { p.Job.ChunkSize = -5 }},
		{"unknown layout", ranges, func(p *Plan) { p.Layout = "spiral" }},
		{"too many chunks", ranges, func(p *Plan) { p.Last = strconv.Itoa(MaxChunks * 10 * 2) }},
		{"more chunks than an int counts", ranges, func(p *Plan) {
			p.Unsigned, p.Job.ChunkSize, p.First, p.Last = true, 1, "0", "18446744073709551615"
		}},
		{"no borders", keyset, func(p *Plan) { p.Borders = nil }},
		{"first border above the first key", keyset, func(p *Plan) { p.Borders = []string{"2", "50"} }},
		{"border beyond the last key", keyset, func(p *Plan) { p.Borders = []string{"1", "101"} }},
		{"borders out of order", keyset, func(p *Plan) { p.Borders = []string{"1", "60", "50"} }},
		{"the same border twice", keyset, func(p *Plan) { p.Borders = []string{"1", "50", "50"} }},
		{"a border that is no number", keyset, func(p *Plan) { p.Borders = []string{"1", "x"} }},
	} {
		base := tc.base
		if _, err := openPlan(sealed(t, &base)); err != nil {
			t.Fatalf("%s: the plan before the change is refused: %v", tc.name, err)
		}
		tampered := tc.base
		tc.tamper(&tampered)
		if _, err := openPlan(sealed(t, &tampered)); err == nil {
			t.Errorf("%s: %+v is accepted", tc.name, tampered)
		}
	}
}

// sealed returns a plan as it is stored, whether it is sound or not.
func sealed(t *testing.T, p *Plan) (id, body string) {
	t.Helper()
	_ = p.seal()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return p.id, string(text)
}

func TestPlansThatWereChangedAreRefused(t *testing.T) {
	p := &Plan{Version: planVersion, Job: Job{ChunkSize: 10}, Layout: Ranges, Rows: 5, First: "1", Last: "100"}
	id, body := sealed(t, p)
	if _, err := openPlan(id, body); err != nil {
		t.Fatal(err)
	}
	for _, changed := range []string{
		"", "{", "[]",
		strings.Replace(body, `"last":"100"`, `"last":"90"`, 1),
		strings.Replace(body, `"rows":5`, `"rows":0`, 1),
	} {
		if _, err := openPlan(id, changed); err == nil {
			t.Errorf("%s is accepted as plan %s", changed, id)
		}
	}
	if _, err := openPlan("", body); err == nil {
		t.Error("a plan without an id is accepted")
	}
}

func TestLayoutFollowsDensity(t *testing.T) {
	for _, tc := range []struct {
		rows        uint64
		first, last place
		want        bool
	}{
		{1, 0, 0, true},
		{1, math.MaxUint64, math.MaxUint64, true},
		{2, 0, 3, true},
		{2, 0, 4, false},
		{50, 1, 100, true},
		{49, 1, 100, false},
		{math.MaxUint64, 0, math.MaxUint64, true},
		{2, 0, math.MaxUint64, false},
	} {
		if got := dense(tc.rows, tc.first, tc.last); got != tc.want {
			t.Errorf("%d rows from %d to %d: dense is %t, want %t", tc.rows, tc.first, tc.last, got, tc.want)
		}
	}
}

func TestTooManyChunks(t *testing.T) {
	const rows = MaxChunks*3 + 1
	for _, tc := range []struct {
		sqlType string
		extent
	}{
		{"bigint", extent{rows, "1", strconv.Itoa(rows)}},
		{"bigint", extent{rows, "-9223372036854775808", "9223372036854775807"}},
		{"varchar(40)", extent{rows, "x61", "x62"}},
	} {
		p := &Plan{Job: Job{ChunkSize: 3}}
		err := p.cut(t.Context(), &source{key: key{{name: "id", sqlType: tc.sqlType}}}, tc.extent)
		var problem *Error
		if !errors.As(err, &problem) || problem.Problem != TooManyChunks {
			t.Fatalf("cut(%+v) = %v", tc, err)
		}
		p.Job.ChunkSize = 6
		if !strings.Contains(problem.Try, "at least 6") {
			t.Errorf("the cure is %q", problem.Try)
		}
	}
}
