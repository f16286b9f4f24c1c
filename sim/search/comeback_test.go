package search

import (
	"slices"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/sim"
)

func TestWhoIsStruckHasWrittenAndIsBackAtOnce(t *testing.T) {
	scene, err := sim.Prepare(sim.Setup{
		Name: "connection-name", Program: sim.Loader(lock.ConnectionName), NamesOnly: true, Workers: 2, Chunks: 2, Budget: faults.Budget{faults.Kill: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	cache, struck := scene.Cache(), 0
	for i := range 50 {
		choose := Choosers{Seed: 1, Workers: 2, Budget: scene.Setup.Budget, Length: 8}.Drawn(Comeback, i)
		wrote, back := map[int]bool{}, -1
		_, err := cache.Run(func(enabled []sim.Choice) int {
			chosen := choose(enabled)
			c := enabled[chosen]
			switch {
			case c.ID.Kind.IsFault():
				if !wrote[c.ID.Worker] {
					t.Errorf("schedule %d: %v strikes a worker that has changed nothing", i, c.ID)
				}
				struck, back = struck+1, c.ID.Worker
			case slices.ContainsFunc(enabled, func(o sim.Choice) bool { return request(o) && o.ID.Worker == back }) && c.ID.Worker != back:
				t.Errorf("schedule %d: %v comes before worker %d is back", i, c.ID, back)
			case c.Op.Writes():
				wrote[c.ID.Worker], back = true, -1
			}
			return chosen
		}, false)
		if err != nil {
			t.Fatal(err)
		}
	}
	if struck < 10 {
		t.Errorf("%d of 50 schedules had a fault", struck)
	}
}
