package loader_test

import (
	"fmt"
	"testing"

	"onceover/loader"
	"onceover/loader/lock"
)

// What the safe strategy costs over none at all: a whole load by one worker,
// which reads and pushes the same rows with either.
func BenchmarkLoad(b *testing.B) {
	const rows = 100_000
	f := newFixture(b)
	f.rows(rows)
	for _, size := range []int{100, 1_000, loader.DefaultChunkSize} {
		for _, s := range []lock.Strategy{lock.None, lock.LeaseLua} {
			b.Run(fmt.Sprintf("chunk=%d/%s", size, s.Name), func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					f.redis.FlushAll(b.Context())
					cfg := f.config(0, s)
					cfg.Job.ChunkSize = size
					b.StartTimer()
					if _, err := loader.Load(b.Context(), cfg); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	const rows = 100_000
	f := newFixture(b)
	f.rows(rows)
	f.exec("CREATE TABLE sparse (id BIGINT PRIMARY KEY)", "INSERT INTO sparse SELECT id * 1000 FROM t")
	for _, table := range []string{"t", "sparse"} {
		b.Run(table, func(b *testing.B) {
			for b.Loop() {
				if _, err := loader.NewPlan(b.Context(), f.source, loader.Job{Table: table, List: "list"}, "s"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
