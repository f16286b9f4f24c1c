package lock_test

import (
	"bytes"
	"fmt"
	"testing"

	"onceover/loader/lock"
)

// BenchmarkCommit compares the conditional commit with the transaction that
// most people write, for chunks of several sizes and elements of 100 bytes, to a list and
// to a stream.
func BenchmarkCommit(b *testing.B) {
	for _, n := range []int{100, 1_000, 5_000, 20_000} {
		rows := make([][]byte, n)
		for i := range rows {
			rows[i] = bytes.Repeat([]byte{'x'}, 100)
		}
		for _, s := range []lock.Strategy{lock.None, lock.LeaseLua} {
			for _, end := range []string{"left", "stream"} {
				b.Run(fmt.Sprintf("rows=%d/%s/%s", n, s.Name, end), func(b *testing.B) {
					server := newBench(b, 1)
					ends[end](&server.keys)
					server.commitOften(b, s, rows)
				})
			}
		}
	}
}

func (server *bench) commitOften(b *testing.B, s lock.Strategy, rows [][]byte) {
	env := server.env(s, 0)
	for b.Loop() {
		b.StopTimer()
		server.admin.Del(b.Context(), env.Keys.Chunks, env.Keys.Owners, env.Keys.List)
		claim := server.next(server.open(s, env))
		b.StartTimer()
		if _, err := claim.Commit(b.Context(), rows); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(rows)*b.N)/b.Elapsed().Seconds(), "rows/s")
}
