package faults_test

import (
	"testing"

	"pgregory.net/rapid"

	"onceover/faults"
)

func TestRandomKillsFitTheirShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := faults.Limits{
			Chunks: rapid.IntRange(1, 99).Draw(t, "chunks"),
			Steps:  rapid.Bool().Draw(t, "steps"),
		}
		kills := rapid.IntRange(0, 30).Draw(t, "kills")
		plan := faults.RandomKills(rapid.Uint64().Draw(t, "seed"), limits, kills)
		kills = min(kills, limits.Chunks)
		if len(plan) != kills {
			t.Fatalf("%d kills, want %d", len(plan), kills)
		}
		struck := map[int]bool{}
		for _, f := range plan {
			if limits.Steps && struck[f.At.Chunk] {
				t.Fatalf("chunk %d is struck twice:\n%s", f.At.Chunk, plan)
			}
			struck[f.At.Chunk] = true
		}
		for _, f := range plan {
			if f.At.Chunk >= limits.Chunks || f.At.Nth > limits.Chunks {
				t.Fatalf("%s does not fit %+v", f, limits)
			}
		}
		if _, err := faults.Parse(plan.String()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheSeedMatters(t *testing.T) {
	limits := faults.Limits{Chunks: 80, Steps: true}
	one, same, other := faults.RandomKills(1, limits, 10), faults.RandomKills(1, limits, 10), faults.RandomKills(2, limits, 10)
	if one.String() != same.String() {
		t.Error("the same seed drew two plans")
	}
	if one.String() == other.String() {
		t.Error("two seeds drew the same plan")
	}
}
