package reports

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Schema names the form of results.json. The major version changes when a
// reader of the older form would misunderstand the newer, and the minor one when
// there is more to be read.
const Schema = "onceover.results/1.2.0"

// Results is everything that one invocation found.
type Results struct {
	Schema      string      `json:"schema"`
	Tool        Tool        `json:"tool"`
	Run         Invocation  `json:"run"`
	Environment Environment `json:"environment"`
	Config      Config      `json:"config"`
	Gate        Gate        `json:"gate"`
	Cells       []Cell      `json:"cells"`

	Strategies []StrategyText `json:"strategies,omitempty"` // those of the cells, explained
	Scenarios  []ScenarioText `json:"scenarios,omitempty"`
	Parts      []Part         `json:"parts,omitempty"` // the invocations that these results were merged from

	Abridged string `json:"abridged,omitempty"` // what this copy leaves out of its runs; empty: nothing
}

// Part is one invocation among several whose results were merged. The merged
// results themselves say only what is the same in all parts.
type Part struct {
	Tool        Tool        `json:"tool"`
	Run         Invocation  `json:"run"`
	Environment Environment `json:"environment"`
	Config      Config      `json:"config"`
	Folder      string      `json:"folder"`          // relative to the merged results
	Cells       []PartCell  `json:"cells,omitempty"` // that it has runs of
}

// Invocations are those that the results were merged from, or the one that made them.
func (r *Results) Invocations() []Part {
	if len(r.Parts) > 0 {
		return r.Parts
	}
	return []Part{{Tool: r.Tool, Run: r.Run, Environment: r.Environment, Config: r.Config}}
}

// PartCell names a cell of merged results.
type PartCell struct {
	World string `json:"world"`
	ID    string `json:"id"`
}

// NamesWorld tells whether the world of a cell has to be said together with its ID:
// the results are of both, or of another one.
func (r *Results) NamesWorld(world string) bool { return world != "" && world != r.Run.World }

// Tool is the program that made the results.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Build   string `json:"build,omitempty"` // a digest of the executable, where the others do not tell which it is
}

// NoVersion is the version of a program that was built without one.
const NoVersion = "(devel)"

// Program names the program as exactly as it is known.
func (t Tool) Program() string {
	return strings.Join(strings.Fields(t.Version+" "+t.Commit+" "+t.Build), " ")
}

// Known tells whether that is enough to say that two programs are the same.
func (t Tool) Known() bool {
	return t.Build != "" || t.Commit != "" || t.Version != NoVersion && t.Version != ""
}

// Status tells whether everything that was asked for was done.
type Status string

const (
	Complete    Status = "complete"
	Interrupted Status = "interrupted"
)

// The worlds in which runs take place. Merged results may be of both.
const (
	WorldLive = "live"
	WorldSim  = "sim"
	WorldBoth = "both"
)

// Calm is the scenario in which nothing goes wrong.
const Calm = "calm"

// OwnPlan begins the name of a scenario of the user's own plan.
const OwnPlan = "own-plan"

// Invocation is one call of the program.
type Invocation struct {
	ID         string    `json:"id"`
	World      string    `json:"world"` // WorldLive, WorldSim, or both of a merged one
	Started    time.Time `json:"started"`
	DurationMS int64     `json:"duration_ms"`
	Status     Status    `json:"status"`
	Planned    int       `json:"runs_planned"`
	Done       int       `json:"runs_done"`
	LeftOut    string    `json:"left_out,omitempty"` // what was asked for and could not take place, and why; empty: nothing
	Replay     string    `json:"replay"`             // the command that does the same again
}

// Environment is what the results depend on beside the program.
type Environment struct {
	MySQL string `json:"mysql,omitempty"`
	Redis string `json:"redis,omitempty"`
	Go    string `json:"go,omitempty"`
	OS    string `json:"os,omitempty"`
	CPUs  int    `json:"cpus,omitempty"`
}

// Config is what was asked for. For merged results it has only what is the same in all
// parts: a number that is missing in the file is 0, or differs between the parts.
type Config struct {
	Seed      uint64 `json:"seed,omitempty"`
	Rows      int    `json:"rows,omitempty"`
	ChunkSize int    `json:"chunk_size,omitempty"`
	Workers   int    `json:"workers,omitempty"`
	Runs      int    `json:"runs_per_cell,omitempty"`
	TTLMS     int64  `json:"ttl_ms,omitempty"`
	Worker    string `json:"worker_cmd,omitempty"` // a worker that is not Onceover's own
	KeyLayout string `json:"shape,omitempty"`      // how the keys lie; empty: unknown, or as in the simulated world
	Consumers int    `json:"consumers,omitempty"`  // that popped from the list during the load
	Plan      string `json:"plan,omitempty"`       // of the user's own, in place of those of the scenarios

	WorkerDigest string `json:"worker_digest,omitempty"` // of the command with its secrets, which Worker lacks; empty: it lacks none

	DeadlineMS int64 `json:"deadline_ms,omitempty"` // after which a job is stuck; 0: unknown, or as in the simulated world
}

// WorkerCommand names the worker as exactly as it is known; empty: Onceover's own.
func (c Config) WorkerCommand() string {
	if c.WorkerDigest == "" {
		return c.Worker
	}
	return fmt.Sprintf("%s (digest %s)", c.Worker, c.WorkerDigest)
}

// GateStatus is a yes or no, or neither.
type GateStatus string

const (
	Pass    GateStatus = "pass"
	Fail    GateStatus = "fail"
	Unknown GateStatus = "inconclusive"
)

// Gate compares what was found with what was expected.
type Gate struct {
	Status   GateStatus `json:"status"`
	ExitCode int        `json:"exit_code"`
	Reasons  []Reason   `json:"reasons"`
	Expected string     `json:"expected,omitempty"` // where the expectations come from
}

// Reason is one cell that is not as expected.
type Reason struct {
	Cell  string `json:"cell"`
	World string `json:"world,omitempty"` // of the cell
	State State  `json:"state"`
	Text  string `json:"text"`
}

// State is how a cell compares with its expectation.
type State string

const (
	AsExpected    State = "as-expected"
	Worse         State = "worse"          // expected safe, and is not
	ControlMissed State = "control-missed" // known to be bad, and passed: the harness saw nothing
	NotProven     State = "not-proven"     // too little was learned
	ReportOnly    State = "report-only"    // nothing was expected
	Better        State = "better"         // known to be bad, and proven to be better: the expectation is out of date
	Gone          State = "gone"           // expected, and was not run: a Reason says so, there is no Cell
)

// Fails tells whether a state fails the gate.
func (s State) Fails() bool { return s == Worse || s == ControlMissed || s == Gone }

// Holds tells whether a state asks for nothing.
func (s State) Holds() bool { return s == AsExpected || s == ReportOnly || s == Better }

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
func (c *Cell) Add(run Run) {
	c.Runs = append(c.Runs, run)
	c.Tally = Count(c.Runs)
	c.BadRate = c.Tally.Rate()
	verdicts := make([]Verdict, len(c.Runs))
	for i, r := range c.Runs {
		verdicts[i] = r.Verdict
	}
	c.Verdict = Worst(verdicts...)
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
	switch {
	case t.Lost > 0:
		return Lost
	case t.Duplicated > 0:
		return Duplicated
	case t.Stuck > 0:
		return Stuck
	case t.Inconclusive > 0 || t.N == 0:
		return Inconclusive
	}
	return Safe
}

// Count tallies runs by their worst verdict. A verdict that is unknown here counts as
// inconclusive.
func Count(runs []Run) Tally {
	t := Tally{N: len(runs)}
	for _, r := range runs {
		switch r.Verdict {
		case Safe:
			t.Safe++
		case Lost:
			t.Lost++
		case Duplicated:
			t.Duplicated++
		case Stuck:
			t.Stuck++
		default:
			t.Inconclusive++
		}
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
	DurationMS int64     `json:"duration_ms"`
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

// Write stores the results as DIR/results.json, in one step.
func (r *Results) Write(dir string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return WriteFile(filepath.Join(dir, "results.json"), append(text, '\n'))
}

// WriteFile writes a file in one step: a reader sees the old one or the new one.
func WriteFile(path string, text []byte) error {
	part := path + ".part"
	err := os.WriteFile(part, text, 0o644)
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		_ = os.Remove(part) // half a file is of no use to anybody
	}
	return err
}
