package scenarios

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"time"
)

// Workload is what is moved, and by how many.
type Workload struct {
	Rows      int
	KeyLayout KeyLayout
	ChunkSize int
	Workers   int
	TTL       time.Duration // of leases
	Consumers int           // that pop from the list during the load
	// Deadline is how long the job may take when nothing goes wrong any more;
	// after that it is stuck.
	Deadline time.Duration
}

// KeyLayout is how the keys of a table lie.
type KeyLayout string

const (
	Dense    KeyLayout = "dense"    // 1, 2, 3 ...
	Gaps     KeyLayout = "gaps"     // with holes of random width
	Negative KeyLayout = "negative" // around zero
	Huge     KeyLayout = "huge"     // spread over all 64 bits
)

// KeyLayouts lists all layouts.
func KeyLayouts() []KeyLayout { return []KeyLayout{Dense, Gaps, Negative, Huge} }

// IDs yields the keys of a table, ascending. They depend on the arguments alone.
func (s KeyLayout) IDs(rows int) iter.Seq[int64] {
	random := rand.New(rand.NewPCG(uint64(rows), 0x676170))
	next := map[KeyLayout]func(i int, last int64) int64{
		Dense:    func(i int, _ int64) int64 { return int64(i) + 1 },
		Gaps:     func(_ int, last int64) int64 { return last + 1 + random.Int64N(100) },
		Negative: func(i int, _ int64) int64 { return int64(i - rows/2) },
		Huge: func(i int, _ int64) int64 {
			step := ^uint64(0) / uint64(max(rows-1, 1))
			return int64(uint64(i)*step ^ 1<<63)
		},
	}[s]
	return func(yield func(int64) bool) {
		var last int64
		for i := range rows {
			last = next(i, last)
			if !yield(last) {
				return
			}
		}
	}
}

// Payload is the content of the row with that id.
func Payload(id int64) string {
	return fmt.Sprintf("row %d: %016x", id, rand.New(rand.NewPCG(uint64(id), 0)).Uint64())
}

// Validate names the first thing that makes no sense.
func (w Workload) Validate() error {
	switch {
	case w.Rows < 0:
		return fmt.Errorf("%d rows", w.Rows)
	case !slices.Contains(KeyLayouts(), w.KeyLayout):
		return fmt.Errorf("unknown shape %q, known are %v", w.KeyLayout, KeyLayouts())
	case w.ChunkSize < 1:
		return fmt.Errorf("chunks of %d rows", w.ChunkSize)
	case w.Workers < 1:
		return fmt.Errorf("%d workers", w.Workers)
	case w.TTL <= 0:
		return fmt.Errorf("a lease of %s", w.TTL)
	case w.Consumers < 0:
		return fmt.Errorf("%d consumers", w.Consumers)
	case w.Deadline <= 0:
		return fmt.Errorf("a deadline of %s", w.Deadline)
	}
	return nil
}
