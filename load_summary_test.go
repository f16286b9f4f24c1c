package main

import (
	"strings"
	"testing"

	"onceover/loader"
)

// What Redis forgot was loaded again, and makes no more chunks than there are.
func TestNoMoreChunksAreLoadedThanThereAre(t *testing.T) {
	for chunks, want := range map[int]string{
		3: "3 of 4 chunks loaded here, ",
		4: "4 of 4 chunks loaded here, ",
		5: "4 of 4 chunks loaded here, ",
	} {
		got := loadSummary{Summary: loader.Summary{Chunks: chunks}, Of: 4}.String()
		if !strings.HasPrefix(got, want) || strings.Contains(got, "again") != (chunks > 4) {
			t.Errorf("%d chunks: %s", chunks, got)
		}
	}
}

// Elements that were there before are told of before the load begins.
func TestAListThatHoldsSomethingIsToldOf(t *testing.T) {
	for _, before := range []int64{0, 7} {
		var out strings.Builder
		l := &load{s: streams{stderr: &out}, g: &cli{}}
		l.planned(&loader.Plan{Before: before, Job: loader.Job{List: "orders"}})
		if said := strings.HasPrefix(out.String(), "list orders held 7 elements before this job: "); said != (before > 0) {
			t.Errorf("%d elements before: it says %q", before, out.String())
		}
	}
}
