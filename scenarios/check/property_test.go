package check_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"onceover/scenarios/check"
)

// planting is a list in which every fault was put by the test, and counted.
type planting struct {
	format   check.Format
	table    []int64
	elements [][]byte
	want     check.Findings // without samples
	bad      map[string]map[string]bool
}

const (
	plantedChunkSize = 10
	plantedChunks    = 8
	plantedOutside   = plantedChunkSize * plantedChunks // this id and higher: in no chunk
)

func plantedChunkOf(id int64) (int, bool) {
	return int(id / plantedChunkSize), id >= 0 && id < plantedOutside
}

func plantedRow(id int64) []byte { return fmt.Appendf(nil, `{"id":%d,"payload":"p/%d"}`, id, id) }

func plant(t *rapid.T) *planting {
	p := &planting{
		format: rapid.SampledFrom([]check.Format{check.Exact, check.Contract}).Draw(t, "format"),
		want:   check.Findings{Chunks: make([]check.ChunkCount, plantedChunks)},
		bad:    map[string]map[string]bool{"duplicated": {}, "unexpected": {}, "corrupted": {}},
	}
	ids := rapid.SliceOfNDistinct(rapid.Int64Range(-5, plantedOutside+10), 0, 80, rapid.ID).Draw(t, "ids")
	inTable := rapid.SliceOfN(rapid.IntRange(0, 9), len(ids), len(ids)).Draw(t, "in table")
	for i, id := range ids {
		if inTable[i] > 0 {
			p.row(t, id)
		} else {
			p.stranger(t, id)
		}
	}
	slices.Sort(p.table)
	p.want.Rows.Table = int64(len(p.table))
	for _, junk := range rapid.SliceOfN(rapid.SampledFrom([]string{"", "row 7", `{"id":7`, `[1]`, `{}`}), 0, 3).Draw(t, "junk") {
		p.elements = append(p.elements, []byte(junk))
		p.want.Rows.Unexpected++
		p.bad["unexpected"][""] = true
	}
	p.want.Rows.List = int64(len(p.elements))
	for _, c := range p.want.Chunks {
		if c.Present > 0 && c.Present < c.Rows {
			p.want.Rows.TornChunks++
		}
	}
	return p
}

func (p *planting) row(t *rapid.T, id int64) {
	p.table = append(p.table, id)
	right := rapid.SampledFrom([]int{0, 1, 1, 1, 1, 2, 3}).Draw(t, "right")
	wrong := rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2}).Draw(t, "wrong")
	for range right {
		p.elements = append(p.elements, p.right(t, id))
	}
	for range wrong {
		p.elements = append(p.elements, p.wrong(t, id))
	}
	times := right + wrong
	count := &p.want.Outside
	if chunk, ok := plantedChunkOf(id); ok {
		count = &p.want.Chunks[chunk]
	}
	count.Rows++
	p.want.Rows.Corrupted += int64(wrong)
	if wrong > 0 {
		p.bad["corrupted"][fmt.Sprint(id)] = true
	}
	switch {
	case times == 0:
		if count.Missing() == 1 || id < count.FirstMissing {
			count.FirstMissing = id
		}
		p.want.Rows.Lost++
		return
	case times > 1:
		p.want.Rows.Duplicated++
		p.want.Rows.Surplus += int64(times - 1)
		count.Surplus += uint32(times - 1)
		p.bad["duplicated"][fmt.Sprint(id)] = true
	}
	count.Present++
}

func (p *planting) right(t *rapid.T, id int64) []byte {
	if p.format == check.Exact {
		return plantedRow(id)
	}
	forms := []string{`%d`, `"%d"`, `{"worker":1,"id":%d}`, `{"id":%[1]d,"payload":"p/%[1]d"}`, `{"payload":"\u0070\/%[1]d", "id":"%[1]d"}`}
	i := rapid.IntRange(0, len(forms)-1).Draw(t, "form")
	if i < 3 {
		p.want.Unchecked++
	}
	return fmt.Appendf(nil, forms[i], id)
}

func (p *planting) wrong(t *rapid.T, id int64) []byte {
	forms := []string{`{"id":%d,"payload":"p"}`, `{"id":%d,"payload":null}`, `{"id":%[1]d,"payload":"p/%[1]d "}`}
	if p.format == check.Exact {
		forms = append(forms, `{"id":%d}`, `{"id":%[1]d, "payload":"p/%[1]d"}`)
	}
	return fmt.Appendf(nil, rapid.SampledFrom(forms).Draw(t, "wrong form"), id)
}

func (p *planting) stranger(t *rapid.T, id int64) {
	times := rapid.IntRange(1, 3).Draw(t, "stranger")
	for range times {
		p.elements = append(p.elements, plantedRow(id))
	}
	p.want.Rows.Unexpected += int64(times)
	p.bad["unexpected"][fmt.Sprint(id)] = true
}

func (p *planting) check(t *rapid.T, dir string) check.Findings {
	c := check.New(check.Options{
		Format: p.format, TempDir: dir, Memory: rapid.IntRange(1, 8).Draw(t, "memory"),
		ChunkOf: plantedChunkOf, Chunks: plantedChunks, Rows: int64(len(p.table)),
	})
	for _, e := range rapid.Permutation(p.elements).Draw(t, "order") {
		if err := c.Element(e); err != nil {
			t.Fatal(err)
		}
	}
	found, err := c.Finish(func(yield func(check.Row, error) bool) {
		for _, id := range p.table {
			if !yield(check.Row{ID: id, Element: plantedRow(id)}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// The second check has another order and other memory, and must say the same.
func TestCheckFindsExactlyWhatWasPlanted(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		p := plant(t)
		for range 2 {
			found := p.check(t, dir)
			p.compareSamples(t, found)
			found.Samples = nil
			if diff := cmp.Diff(p.want, found); diff != "" {
				t.Fatalf("planted (-), found (+):\n%s", diff)
			}
			r := found.Rows
			if r.List != r.Table-r.Lost+r.Surplus+r.Unexpected {
				t.Fatalf("the counts do not add up: %+v", r)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Fatalf("files are left: %v", left)
			}
		}
	})
}

func (p *planting) compareSamples(t *rapid.T, found check.Findings) {
	kept := map[string]int{}
	for _, s := range found.Samples {
		kept[s.Outcome]++
		for _, id := range p.within(s) {
			if !p.bad[s.Outcome][id] {
				t.Fatalf("%+v: row %q was not planted", s, id)
			}
		}
	}
	for outcome, n := range kept {
		if n > check.MostSamples {
			t.Fatalf("%d samples of %s", n, outcome)
		}
	}
	for outcome, planted := range p.bad {
		if len(planted) > 0 && kept[outcome] == 0 {
			t.Fatalf("no sample of %s", outcome)
		}
	}
}

// within lists the rows of a stretch.
func (p *planting) within(s check.Stretch) []string {
	if s.Rows == 0 {
		return []string{""}
	}
	if s.Rows == 1 {
		return []string{fmt.Sprint(s.First)}
	}
	var ids []string
	for _, id := range p.table {
		if id >= s.First && id <= s.Last {
			ids = append(ids, fmt.Sprint(id))
		}
	}
	if int64(len(ids)) != s.Rows {
		ids = append(ids, "a wrong number of rows")
	}
	return ids
}
