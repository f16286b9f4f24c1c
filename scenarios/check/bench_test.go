package check_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"onceover/scenarios/check"
)

// BenchmarkCheck compares tables with shuffled lists of the same rows. heap-MB
// is the most that was in use at the end of each chunk of rows, over what was
// in use before: it must not grow with the rows once they exceed the memory
// for elements (a million by default).
func BenchmarkCheck(b *testing.B) {
	for _, rows := range []int{1_000_000, 10_000_000} {
		for _, format := range []check.Format{check.Exact, check.Contract} {
			name := map[check.Format]string{check.Exact: "exact", check.Contract: "contract"}[format]
			b.Run(fmt.Sprintf("%s/rows=%d", name, rows), func(b *testing.B) { benchmarkCheck(b, format, rows) })
		}
	}
}

func benchmarkCheck(b *testing.B, format check.Format, rows int) {
	const chunkSize = 1000
	var encoding rowEncoding
	var peak heapPeak
	peak.begin()
	for b.Loop() {
		c := check.New(check.Options{
			Format: format, TempDir: b.TempDir(), Rows: int64(rows), Chunks: rows / chunkSize,
			ChunkOf: func(id int64) (int, bool) { return int(id / chunkSize), true },
		})
		for i := range rows {
			// The factor is odd and ends in 7, so it shares no divisor with a power of ten.
			id := int64(i) * 7_368_787 % int64(rows)
			if err := c.Element(encoding.row(id)); err != nil {
				b.Fatal(err)
			}
			peak.sample(i)
		}
		found, err := c.Finish(func(yield func(check.Row, error) bool) {
			for i := range rows {
				peak.sample(i)
				if !yield(check.Row{ID: int64(i), Element: encoding.row(int64(i))}, nil) {
					return
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		if r := found.Rows; r.Lost+r.Duplicated+r.Unexpected+r.Corrupted != 0 || r.Table != int64(rows) {
			b.Fatalf("%+v", r)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(peak.megabytes(), "heap-MB")
}

// rowEncoding writes rows of about 130 bytes into one buffer.
type rowEncoding struct{ buffer []byte }

var benchPayload = strings.Repeat("0123456789", 10)

func (e *rowEncoding) row(id int64) []byte {
	out := append(e.buffer[:0], `{"id":`...)
	out = strconv.AppendInt(out, id, 10)
	out = append(out, `,"payload":"`...)
	out = append(out, benchPayload...)
	out = strconv.AppendInt(out, id, 10)
	e.buffer = append(out, `"}`...)
	return e.buffer
}

type heapPeak struct{ before, most uint64 }

func (p *heapPeak) begin() {
	runtime.GC()
	p.before = heapInUse()
}

// sample looks at every 100,000th row: looking stops the world.
func (p *heapPeak) sample(i int) {
	if i%100_000 == 0 {
		p.most = max(p.most, heapInUse())
	}
}

func (p *heapPeak) megabytes() float64 { return float64(p.most-min(p.before, p.most)) / (1 << 20) }

func heapInUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}
