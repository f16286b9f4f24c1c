package check

import (
	"fmt"
	"slices"
	"strconv"

	"onceover/reports"
)

// NoChunk stands for the chunk of a row that is in none.
const NoChunk = -1

// Outcomes of rows and elements, as [reports.Witness] names them.
const (
	Lost       = "lost"
	Duplicated = "duplicated"
	Unexpected = "unexpected"
	Corrupted  = "corrupted"
	Torn       = "torn"
)

// Findings are the result of a check.
//
// In Rows, Lost counts all rows that are missing; the verdict tells which of them
// are merely unfinished. Corrupted and Unexpected count elements. So List is
// always Table - Lost + Surplus + Unexpected.
type Findings struct {
	Rows      reports.RowCounts
	Unchecked int64        // elements of rows whose content was not compared
	Chunks    []ChunkCount // by chunk
	Outside   ChunkCount   // the rows that are in no chunk
	Samples   []Stretch    // the first that are unexpected, duplicated, corrupted
}

// ChunkCount counts the rows of one chunk, fewer than 2^32.
type ChunkCount struct {
	FirstMissing int64  // the least id that is missing, if any is
	Rows         uint32 // in the table
	Present      uint32 // of them in the list, once or more
	Surplus      uint32 // elements beyond the first of each row
}

// Missing is the number of rows that are not in the list.
func (c ChunkCount) Missing() int64 { return int64(c.Rows) - int64(c.Present) }

// Torn says that some of the rows are in the list and others are not.
func (c ChunkCount) Torn() bool { return c.Present > 0 && c.Present < c.Rows }

func (f *Findings) count(id int64, chunk int, found copies) {
	in := &f.Outside
	if chunk != NoChunk {
		in = &f.Chunks[chunk]
	}
	f.Rows.Table++
	f.Rows.Corrupted += found.wrong
	f.Unchecked += found.unchecked
	in.Rows++
	if found.times == 0 {
		f.Rows.Lost++
		if in.Missing() == 1 {
			in.FirstMissing = id
		}
		return
	}
	in.Present++
	if found.times > 1 {
		f.Rows.Duplicated++
		f.Rows.Surplus += found.times - 1
		in.Surplus += uint32(found.times - 1)
	}
}

// Stretch is a number of rows that follow each other in the table, are in one
// chunk, and went bad in the same way.
type Stretch struct {
	Outcome     string // as in [reports.Witness]
	First, Last int64  // ids
	Rows        int64  // 0: an element without an id
	Chunk       int    // -1: in none
	Times       int64  // how often each is in the list
	Text        string // where the first is among the elements, which count from 0
}

// Witness is the stretch as results show it.
func (s Stretch) Witness() reports.Witness {
	w := reports.Witness{Outcome: s.Outcome, Chunk: s.Chunk, Times: s.Times, Text: s.Text}
	if s.Rows > 0 {
		w.Row = strconv.FormatInt(s.First, 10)
	}
	if s.Rows > 1 {
		w.Text = s.Name() + "; " + s.Text
	}
	return w
}

// Name is what sentences call the rows.
func (s Stretch) Name() string {
	switch {
	case s.Rows < 2:
		return fmt.Sprintf("row %d", s.First)
	case s.First < 0:
		return fmt.Sprintf("rows %d to %d", s.First, s.Last)
	}
	return fmt.Sprintf("rows %d-%d", s.First, s.Last)
}

// samples keeps the first few stretches of each outcome.
type samples struct {
	unexpected, duplicated, corrupted stretches
	place                             func(position uint64) string
}

func (s *samples) all() []Stretch {
	return slices.Concat(s.unexpected.kept, s.duplicated.kept, s.corrupted.kept)
}

const shownBytes = 80

func (s *samples) illegible(position uint64, element []byte) {
	if s.unexpected.full() {
		return
	}
	text := fmt.Sprintf("element %s, %q", s.place(position), element[:min(len(element), shownBytes)])
	if len(element) > shownBytes {
		text += fmt.Sprintf(" and so on, %d bytes", len(element))
	}
	s.unexpected.kept = append(s.unexpected.kept,
		Stretch{Outcome: Unexpected, Chunk: NoChunk, Times: 1, Text: text})
}

func (s *samples) stranger(id int64, chunk int, found copies) {
	if s.unexpected.full() {
		return
	}
	s.unexpected.kept = append(s.unexpected.kept, Stretch{
		Outcome: Unexpected, First: id, Last: id, Rows: 1, Chunk: chunk, Times: found.times,
		Text: fmt.Sprintf("element %s is no row of the table", s.place(found.first)),
	})
}

// row takes the row that is nth in the table, and the elements with its id.
func (s *samples) row(nth, id int64, chunk int, found copies) {
	at := Stretch{First: id, Last: id, Rows: 1, Chunk: chunk, Times: found.times}
	if found.times > 1 {
		at.Outcome = Duplicated
		s.duplicated.add(nth, at, "elements %s and %s", s.place(found.first), s.place(found.second))
	}
	if found.wrong > 0 {
		at.Outcome = Corrupted
		s.corrupted.add(nth, at, "element %s has other content", s.place(found.firstWrong))
	}
}

type stretches struct {
	kept []Stretch
	nth  int64 // of the last row of the last stretch
}

func (s *stretches) full() bool { return len(s.kept) >= MostSamples }

func (s *stretches) add(nth int64, one Stretch, text string, positions ...any) {
	if n := len(s.kept); n > 0 && nth == s.nth+1 {
		if last := &s.kept[n-1]; last.Chunk == one.Chunk && last.Times == one.Times {
			last.Last, s.nth = one.First, nth
			last.Rows++
			return
		}
	}
	if s.full() {
		return
	}
	one.Text = fmt.Sprintf(text, positions...)
	s.kept, s.nth = append(s.kept, one), nth
}
