package faults_test

import (
	"testing"

	"pgregory.net/rapid"

	"onceover/faults"
)

func TestRandomKillsFitTheirShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := faults.Shape{
			Chunks: rapid.IntRange(1, 99).Draw(t, "chunks"),
			Steps:  rapid.Bool().Draw(t, "steps"),
		}
		kills := rapid.IntRange(0, 30).Draw(t, "kills")
		plan := faults.RandomKills(rapid.Uint64().Draw(t, "seed"), shape, kills)
		if shape.Steps {
			kills = min(kills, shape.Chunks)
		}
		if len(plan) != kills {
			t.Fatalf("%d kills, want %d", len(plan), kills)
		}
		struck := map[int]bool{}
		for _, f := range plan {
			if shape.Steps && struck[f.At.Chunk] {
				t.Fatalf("chunk %d is struck twice:\n%s", f.At.Chunk, plan)
			}
			struck[f.At.Chunk] = true
		}
		for _, f := range plan {
			if f.At.Chunk >= shape.Chunks || f.At.Progress > 99 {
				t.Fatalf("%s does not fit %+v", f, shape)
			}
		}
		if _, err := faults.Parse(plan.String()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheSeedMatters(t *testing.T) {
	shape := faults.Shape{Chunks: 80, Steps: true}
	one, same, other := faults.RandomKills(1, shape, 10), faults.RandomKills(1, shape, 10), faults.RandomKills(2, shape, 10)
	if one.String() != same.String() {
		t.Error("the same seed drew two plans")
	}
	if one.String() == other.String() {
		t.Error("two seeds drew the same plan")
	}
}
