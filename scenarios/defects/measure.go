package defects

import (
	"fmt"
	"slices"
	"time"

	"onceover/reports"
	"onceover/sim"
	"onceover/sim/search"
)

// Caught says how soon the search caught a defect.
type Caught struct {
	Defect    Defect
	Seeds     int
	Found     int           // with how many seeds it was caught as wanted
	Schedules int           // carried out until then, median over the seeds
	Stage     string        // that caught it, with the median seed
	Elapsed   time.Duration // median
}

// limit on a search for a defect, far above what the slowest needs.
const limit = 20 * time.Second

// Measure searches for each defect with the seeds from 1 to seeds. clock tells
// the time since some moment.
func Measure(seeds int, clock func() time.Duration) ([]Caught, error) {
	var all []Caught
	for _, d := range All() {
		c, err := d.Measure(seeds, clock)
		if err != nil {
			return all, fmt.Errorf("search for %s: %w", d.Name, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// Measure searches for the defect with the seeds from 1 to seeds.
func (d Defect) Measure(seeds int, clock func() time.Duration) (Caught, error) {
	c := Caught{Defect: d, Seeds: seeds}
	scene, err := sim.Prepare(d.Scene())
	if err != nil {
		return c, err
	}
	var searches []caught
	for seed := range seeds {
		one, ok, err := d.search(scene, uint64(seed)+1, clock)
		if err != nil {
			return c, err
		}
		if ok {
			searches = append(searches, one)
		}
	}
	if c.Found = len(searches); c.Found == 0 {
		return c, nil
	}
	slices.SortFunc(searches, func(a, b caught) int { return a.schedules - b.schedules })
	median := searches[len(searches)/2]
	c.Schedules, c.Stage = median.schedules, median.stage
	slices.SortFunc(searches, func(a, b caught) int { return int(a.elapsed - b.elapsed) })
	c.Elapsed = searches[len(searches)/2].elapsed
	return c, nil
}

// caught is one search that was successful.
type caught struct {
	schedules int
	stage     string
	elapsed   time.Duration
}

func (d Defect) search(scene *sim.Scene, seed uint64, clock func() time.Duration) (c caught, ok bool, err error) {
	began := clock()
	since := func() time.Duration { return clock() - began }
	result, err := search.Explore(scene, search.Options{
		Seed: seed, Want: []reports.Verdict{d.Want}, Clock: since, Limit: limit,
	})
	if err != nil {
		return c, false, err
	}
	found, ok := result.Of(d.Want)
	return caught{result.Schedules(), found.Stage, since()}, ok, nil
}
