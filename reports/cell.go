package reports

import "slices"

// Cell is one strategy under one scenario in one world. Its ID is unique within
// a world.
type Cell struct {
	ID       string  `json:"id"`              // strategy/scenario
	World    string  `json:"world,omitempty"` // WorldLive or WorldSim
	Strategy string  `json:"strategy"`
	Scenario string  `json:"scenario"`
	Expected string  `json:"expected"` // an expectation as text: safe, unsafe(lost), any ...
	State    State   `json:"state"`
	Verdict  Verdict `json:"verdict"` // the worst of its runs
	Tally    Tally   `json:"runs"`
	BadRate  Rate    `json:"bad_rate"`         // Tally.Rate; of a search, none
	Search   *Search `json:"search,omitempty"` // in the simulated world
	Runs     []Run   `json:"details"`

	Counterexamples []Counterexample `json:"counterexamples,omitempty"` // at most one of each verdict
}

// Add takes a run into the cell, and counts anew what its runs came to.
func (c *Cell) Add(run Run) { c.Insert(len(c.Runs), run) }

// Insert is Add for a run that does not come last.
func (c *Cell) Insert(at int, run Run) {
	c.Runs = slices.Insert(c.Runs, at, run)
	c.Tally = Count(c.Runs)
	c.BadRate = c.Tally.Rate()
	c.Verdict = c.Tally.Worst()
}

// Tally counts each run once, by its worst verdict; Cell.Found names all that were
// found.
type Tally struct {
	N            int `json:"n"`
	Safe         int `json:"safe"`
	Lost         int `json:"lost"`
	Duplicated   int `json:"duplicated"`
	Stuck        int `json:"stuck"`
	Inconclusive int `json:"inconclusive"`
}

// Bad counts the runs that violated something.
func (t Tally) Bad() int { return t.Lost + t.Duplicated + t.Stuck }

// Sound tells whether the counts are those of some number of runs.
func (t Tally) Sound() bool {
	return min(t.Safe, t.Lost, t.Duplicated, t.Stuck, t.Inconclusive) >= 0 &&
		max(t.Safe, t.Lost, t.Duplicated, t.Stuck, t.Inconclusive) <= t.N && // so that the sum does not overflow
		t.N == t.Safe+t.Bad()+t.Inconclusive
}

// Conclusive counts the runs that prove something, for either side.
func (t Tally) Conclusive() int { return t.N - t.Inconclusive }

// Rate estimates the share of bad runs. Inconclusive runs are not in it: to
// count them as good ones would tighten the bound without any evidence.
func (t Tally) Rate() Rate { return BadRate(t.Bad(), t.Conclusive()) }

// Worst is the verdict of the worst run. No run proves nothing.
func (t Tally) Worst() Verdict {
	for _, v := range slices.Backward(severity) {
		if t.Of(v) > 0 {
			return v
		}
	}
	return Inconclusive
}

// Of is how many runs have a verdict as their worst. One that is unknown here counts as
// inconclusive.
func (t Tally) Of(v Verdict) int { return *t.of(v) }

func (t *Tally) of(v Verdict) *int {
	switch v {
	case Safe:
		return &t.Safe
	case Lost:
		return &t.Lost
	case Duplicated:
		return &t.Duplicated
	case Stuck:
		return &t.Stuck
	}
	return &t.Inconclusive
}

// Count tallies runs by their worst verdict.
func Count(runs []Run) Tally {
	t := Tally{N: len(runs)}
	for _, r := range runs {
		*t.of(r.Verdict)++
	}
	return t
}

// Run is one execution.
type Run struct {
	Seed       uint64    `json:"seed"`
	Verdict    Verdict   `json:"verdict"`            // the worst
	Verdicts   []Verdict `json:"verdicts,omitempty"` // all, if there are several
	Why        string    `json:"why"`                // one sentence
	Plan       string    `json:"plan"`               // of faults, as text that parses back
	Rows       RowCounts `json:"rows"`
	Witnesses  []Witness `json:"witnesses,omitempty"` // the first bad rows of each kind
	Faults     []Fault   `json:"faults,omitempty"`
	Unplanned  []string  `json:"unplanned,omitempty"` // trouble that was not in the plan: a server that died, a harness that stood still
	DurationMS int64     `json:"duration_ms"`
	Shared     bool      `json:"shared,omitempty"`      // other runs went on beside it: no figure of it is measured
	RowsPerSec float64   `json:"rows_per_s,omitempty"`  // only of complete runs
	RecoveryMS []float64 `json:"recovery_ms,omitempty"` // from each fault that hit something unfinished until a worker reported that committed; for a server, anything that needed it
	CensoredMS []float64 `json:"censored_ms,omitempty"` // for each such fault after which that never came: how long it was watched, to the end of the run
	Cost       *Cost     `json:"cost,omitempty"`        // nil: nothing was counted
	Replay     string    `json:"replay"`
	Folder     string    `json:"folder,omitempty"` // beside results.json
}

// RunID tells the runs of a cell apart.
type RunID struct {
	seed    uint64
	plan    string
	verdict Verdict
}

// ID tells a run apart in its world. A search finds several runs with one seed. On real
// servers the seed is enough: the plan of faults follows from it, or is the same for all
// runs.
func (r Run) ID(world string) RunID {
	if world == WorldSim {
		return RunID{r.Seed, r.Plan, r.Verdict}
	}
	return RunID{seed: r.Seed}
}

// RowCounts counts the rows of a run by outcome.
type RowCounts struct {
	Table      int64 `json:"table"`
	List       int64 `json:"list"`   // elements, popped ones included
	Popped     int64 `json:"popped"` // by consumers, during the load
	Lost       int64 `json:"lost"`
	Unfinished int64 `json:"unfinished"` // missing, in chunks that nobody marked while the job was stuck
	Duplicated int64 `json:"duplicated"` // rows that arrived more than once
	Surplus    int64 `json:"surplus"`    // elements beyond the first of each row
	Unexpected int64 `json:"unexpected"` // elements that are no row of the table
	Corrupted  int64 `json:"corrupted"`  // the id of a row with other content
	TornChunks int64 `json:"torn_chunks"`
	Unchecked  int64 `json:"unchecked,omitempty"` // elements of rows whose content was not compared: they hold none, or under another name
}

// Witness is one bad row.
type Witness struct {
	Outcome string `json:"outcome"` // lost, duplicated, unexpected, corrupted, torn
	Row     string `json:"row"`
	Chunk   int    `json:"chunk"`      // -1: in no chunk
	Times   int64  `json:"times"`      // how often it is in the list
	Commits []int  `json:"commits_by"` // the workers that committed its chunk, in order; null: they report nothing
	Text    string `json:"text,omitempty"`
}

// Fault is one fault of the plan and what became of it.
type Fault struct {
	Text      string  `json:"text"` // its line of the plan
	Reached   bool    `json:"reached"`
	Confirmed bool    `json:"confirmed"` // it was seen to take effect
	Evidence  string  `json:"evidence,omitempty"`
	AtMS      float64 `json:"at_ms,omitempty"`
	HealedMS  float64 `json:"healed_ms,omitempty"`
}

// Unchecked counts the elements whose content was not compared, and the runs that have some.
func (c Cell) Unchecked() (elements int64, runs int) {
	for _, r := range c.Runs {
		if r.Rows.Unchecked > 0 {
			elements, runs = elements+r.Rows.Unchecked, runs+1
		}
	}
	return elements, runs
}

// Found lists the verdicts of a cell, the worst first: every violation that
// was seen in any of its runs, and otherwise its own verdict.
func (c Cell) Found() []Verdict {
	var found []Verdict
	for _, v := range slices.Backward(severity) {
		if v.Bad() && (v == c.Verdict || c.Tally.Of(v) > 0 || slices.ContainsFunc(c.Runs, func(r Run) bool { return r.Shows(v) })) {
			found = append(found, v)
		}
	}
	switch {
	case len(found) > 0:
		return found
	case c.Verdict == Safe && c.Tally.Conclusive() > 0:
		return []Verdict{Safe}
	}
	return []Verdict{Inconclusive}
}

// Showing counts the runs in which a verdict was found. Where not all runs are there, it counts those that it
// was the worst of.
func (c Cell) Showing(v Verdict) int {
	if len(c.Runs) < c.Tally.N {
		return c.Tally.Of(v)
	}
	return len(Those(c.Runs, func(r Run) bool { return r.Shows(v) }))
}

// Proves tells whether any run of the cell shows anything, for either side.
func (c Cell) Proves() bool { return c.Tally.Conclusive() > 0 || c.Found()[0].Bad() }

// Beside is why a run that shared the machine has no figures.
const Beside = "other runs went on beside it"

// BesideOthers is the run without what a busy machine makes dearer or slower. How long it
// lasted stays, and is not to be compared.
func (r Run) BesideOthers() Run {
	r.Shared, r.RowsPerSec, r.RecoveryMS, r.CensoredMS = true, 0, nil, nil
	if r.Cost != nil {
		r.Cost = &Cost{Chunks: r.Cost.Chunks, Missing: Beside}
	}
	return r
}

// Shows tells whether a verdict is among those of a run.
func (r Run) Shows(v Verdict) bool { return r.Verdict == v || slices.Contains(r.Verdicts, v) }

// Found lists the verdicts of a run, the worst first.
func (r Run) Found() []Verdict {
	all := slices.Clone(r.Verdicts)
	if !slices.Contains(all, r.Verdict) {
		all = append(all, r.Verdict)
	}
	slices.SortStableFunc(all, func(a, b Verdict) int { return b.Rank() - a.Rank() })
	if all[0].Bad() {
		all = slices.DeleteFunc(all, func(v Verdict) bool { return !v.Bad() })
	}
	return all
}

// Example returns the run to show for a cell: the first of those that show the
// worst, or else the first inconclusive one.
func (c Cell) Example() (Run, bool) {
	unsafe := slices.DeleteFunc(slices.Clone(c.Runs), func(r Run) bool { return r.Verdict == Safe })
	if len(unsafe) == 0 {
		return Run{}, false
	}
	return slices.MaxFunc(unsafe, func(a, b Run) int { return a.Verdict.Rank() - b.Verdict.Rank() }), true
}

// Cost is what a run took beside its time. A count that was not taken is nil,
// never 0, and Missing says why.
type Cost struct {
	Chunks        int      `json:"chunks"`                   // of the plan
	RowsRead      *int64   `json:"rows_read,omitempty"`      // from MySQL, of the chunks that workers read to their end
	RowsSent      *int64   `json:"rows_sent,omitempty"`      // to Redis, in the commits that workers began; what a client repeats by itself counts once
	RedisCommands *int64   `json:"redis_commands,omitempty"` // executed for workers, those in transactions and scripts included, handshakes not
	RedisCPUMS    *float64 `json:"redis_cpu_ms,omitempty"`   // processor time of the server's main thread while the workers ran
	Missing       string   `json:"missing,omitempty"`        // what was not counted, and why
}

// Search says what a search of the simulated world covered. A cell with a Search
// speaks of all schedules within its bounds, not of a sample of runs.
type Search struct {
	Bounds    string        `json:"bounds"`
	Schedules int           `json:"schedules"`
	Positions int           `json:"positions,omitempty"`
	Live      int           `json:"live"`    // schedules that real clients carried out
	Checked   int           `json:"checked"` // schedules that were carried out twice, and compared
	Complete  bool          `json:"complete"`
	Left      string        `json:"left,omitempty"` // if not complete: why not
	Stages    []SearchStage `json:"stages"`
	Shards    []SearchShard `json:"shards,omitempty"` // if it was cut into shards: those that are here
}

// SearchStage is one stage of a search.
type SearchStage struct {
	Name      string `json:"name"`
	Schedules int    `json:"schedules"`
	Traces    int    `json:"traces,omitempty"` // of them, how many differ in more than the order of independent events
	Positions int    `json:"positions,omitempty"`
	ElapsedMS int64  `json:"elapsed_ms"`
}

// Decided tells whether the cell has to be safe and has a bad run, so that no further one is needed.
func (c Cell) Decided() bool {
	return c.Expectation().Demand == DemandSafe && c.Tally.Bad() > 0
}
