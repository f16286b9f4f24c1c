package loader_test

import (
	"database/sql"
	"runtime"
	"testing"
	"time"

	"onceover/loader"
	"onceover/loader/multiset"
)

// BenchmarkVerify compares a list with its table of rows of about 100 bytes, once while
// they are equal and once while a chunk is missing, and reads the table over one connection
// for nothing. Ratios are of one round.
func BenchmarkVerify(b *testing.B) {
	const rows = 300_000
	x := &transfer{fixture: newFixture(b), b: b}
	x.table(rows)
	cfg := x.config(0, defaultStrategy)
	cfg.Job.ChunkSize = 0
	x.together(cfg)
	x.plainScan() // fills the caches of MySQL
	var equal, differs []float64
	var took time.Duration
	peak := uint64(0)
	c := loader.Comparison{Key: multiset.Key{1}, Progress: func(int, uint64, uint64) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapInuse)
	}}
	timed := func(run func()) time.Duration {
		began := time.Now()
		run()
		return time.Since(began)
	}
	verify := func(missing int64) func() {
		return func() {
			v, err := loader.Verify(b.Context(), cfg, c)
			if err != nil || v.Missing.Count != missing {
				b.Fatalf("%+v, %v", v, err)
			}
		}
	}
	for b.Loop() {
		for range transferRounds {
			runtime.GC()
			scan := timed(x.plainScan)
			whole := timed(verify(0))
			lost := x.redis.LRange(b.Context(), "list", 0, loader.DefaultChunkSize-1).Val()
			x.must(x.redis.LTrim(b.Context(), "list", loader.DefaultChunkSize, -1).Err())
			part := timed(verify(loader.DefaultChunkSize))
			for i := range lost { // the leftmost comes last
				x.must(x.redis.LPush(b.Context(), "list", lost[len(lost)-1-i]).Err())
			}
			equal, differs, took = append(equal, whole.Seconds()/scan.Seconds()), append(differs, part.Seconds()/scan.Seconds()), took+whole
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(rows*len(equal))/took.Seconds(), "rows/s")
	b.ReportMetric(spreadOf(equal).median, "verify/scan")
	b.ReportMetric(spreadOf(differs).median, "differs/scan")
	b.ReportMetric(float64(peak)/(1<<20), "heap-MiB")
	b.Logf("of plain scans: equal %s, a chunk of %d missing %s", spreadOf(equal), loader.DefaultChunkSize, spreadOf(differs))
}

// plainScan reads all columns of all rows, and does nothing with them.
func (x *transfer) plainScan() {
	x.b.Helper()
	rows, err := x.source.QueryContext(x.b.Context(), "SELECT * FROM t")
	x.must(err)
	defer rows.Close()
	values, into := make([]sql.RawBytes, 6), make([]any, 6)
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		x.must(rows.Scan(into...))
	}
	x.must(rows.Err())
}
