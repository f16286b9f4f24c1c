package defects

import (
	"errors"
	"slices"
	"time"

	"onceover/reports"
	"onceover/sim"
	"onceover/sim/parallel"
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

// Measure searches for the defect with the seeds from 1 to seeds. Most of these
// searches end soon, so they run side by side, each with one job; 0 jobs: one for
// each processor. clock tells the time since some moment.
func (d Defect) Measure(seeds, jobs int, clock func() time.Duration) (Caught, error) {
	c := Caught{Defect: d, Seeds: seeds}
	scene, err := sim.Prepare(d.Scene())
	if err != nil {
		return c, err
	}
	searches, errs := make([]caught, seeds), make([]error, seeds)
	parallel.Do(jobs, seeds, func(i int) { searches[i], errs[i] = d.search(scene, uint64(i)+1, clock) })
	if err := errors.Join(errs...); err != nil {
		return c, err
	}
	searches = slices.DeleteFunc(searches, func(c caught) bool { return c.stage == "" })
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

// caught is one search.
type caught struct {
	schedules int
	stage     string // empty if it was not successful
	elapsed   time.Duration
}

func (d Defect) search(scene *sim.Scene, seed uint64, clock func() time.Duration) (caught, error) {
	began := clock()
	since := func() time.Duration { return clock() - began }
	result, err := search.Explore(scene, search.Options{
		Seed: seed, Jobs: 1, Want: []reports.Verdict{d.Want}, Clock: since, Limit: limit,
	})
	found, _ := result.Of(d.Want)
	return caught{result.Schedules(), found.Stage, since()}, err
}
