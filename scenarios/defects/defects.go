package defects

import (
	"errors"
	"slices"
	"time"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/parallel"
	"onceover/sim/search"
)

// Defect is one mistake.
type Defect struct {
	Name    string
	Mistake string // one sentence

	Strategy lock.Strategy // without Open if the mistake is not in a strategy
	Reads    bool          // the strategy shows only while rows are read from MySQL
	Program  sim.Program   // what a worker runs, if Strategy has no Open

	Setup sim.Setup       // the smallest in which it shows; without Name and Program
	Want  reports.Verdict // what it has to be caught as
}

// Scene is the complete set-up of the defect.
func (d Defect) Scene() sim.Setup {
	setup := d.Setup
	setup.Name, setup.Program, setup.NamesOnly = d.Name, d.Program, d.Strategy.NamesOnly
	switch {
	case setup.Program != nil:
	case d.Reads:
		setup.Program = sim.Loader(d.Strategy)
	default:
		setup.Program = sim.Bare(d.Strategy)
	}
	return setup
}

// All lists the defects: those of locks, of commits, of claims without a lock,
// and of reading.
func All() []Defect {
	all := slices.Concat(locks, commits, claims, reading)
	for i := range all {
		if all[i].Strategy.Open != nil {
			all[i].Strategy.Name, all[i].Strategy.Summary = all[i].Name, all[i].Mistake
		}
	}
	return all
}

// Find returns the defect of that name.
func Find(name string) (Defect, bool) {
	all := All()
	i := slices.IndexFunc(all, func(d Defect) bool { return d.Name == name })
	if i < 0 {
		return Defect{}, false
	}
	return all[i], true
}

var locks = []Defect{
	unlockWithoutToken, unlockGetThenDel, unlockThoughRefused, unlockOnSuccessOnly, lockWithoutTTL,
	ttlShorterThanWork, setThenExpire, noRecheckAfterLock, bitmapErrorAsZero, ownLockTakenForAnothers,
	releaseBeforeCommit, releaseAfterTimeout,
	renewalAfterExpiry, renewalTrusted, renewalTakesBack,
	tokenNotUnique, tokenComparedByClient, fencingByClock, fenceForgotten, tokenAfterLook,
	ownNameNotExcluded, loserKeepsName, nameLostOnReconnect, idleTakenForDead,
	nameAfterList, nameNeverFound, nameWithinAnother, refusedListIsEmpty, nameTakenOffElsewhere, nameOutlivesItsHost,
	getLockThroughPool, getLockConnectionLost, lockedInAutocommit,
}

var commits = []Defect{
	blindResend, clientRetriesOn, evalWithoutGuard, pushOutsideTransaction, bitBeforePush, markedWithTheLastSlice,
	scriptTakenForTransaction, pushBeforeMarkInScript, execWithoutRollback,
	doneFlagInMySQL, doneIsLocal, progressExpires, dedupKeyExpires,
	watchWrongKey, watchAfterLook, watchConflictTakenForDone, stoppedByWatchIgnored,
	lostBitTakenForNone, lockThrownAway, pushErrorIgnored,
}

var claims = []Defect{
	skippedChunk, counterAsClaim, counterAskedTwice, popThenWork, recoveredTwice, retriedUnderNewID, staticShares, claimFlagStays,
	clearsListOnStart, ackBeforePush, claimedFromTheLiving, pendingNeverClaimed, noGroupIsTheEnd, scanCursorForgotten,
	progressInMemory, resumesAfterTheLast, countedApart, waitsForMoreThanAll, finisherDeletesMarks,
}

var reading = []Defect{
	offByOneBorders, offByOneGap, bordersFromCount, idDivSizeChunk, chunkSizeNotAgreed,
	rowsErrIgnored, shortResultTaken, offsetWhileDeleting, markAboveOpenRow, borderBeforeInsert,
}

// Caught says how soon the search caught a defect.
type Caught struct {
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
func (d Defect) Measure(seeds, jobs int, clock func() time.Duration) (c Caught, _ error) {
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
