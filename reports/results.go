// Package reports holds what a run leaves behind: history, verdicts and
// results, and how they are compared with what was expected.
//
// It knows nothing of loaders, faults or servers: a report can be made anew
// from a stored results.json without running anything. It takes no time and
// reads no clock; all instants are given to it. How results are put into words is in
// package format, and how they are read and written in package store.
//
//	results, err := store.Load("chaos-out/results.json")
//	err = page.Write(w, results)
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
const Schema = "onceover.results/1.8.0"

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
	Spared     int       `json:"runs_spared,omitempty"`        // of those planned, that a bad run has made needless
	Shard      string    `json:"shard,omitempty"`              // the share of a campaign that this is, as I/N; empty: all of it
	Whole      int       `json:"runs_of_all_shards,omitempty"` // how many runs its shards have together; 0: this is no shard
	LeftOut    string    `json:"left_out,omitempty"`           // what was asked for and could not take place, and why; empty: nothing
	Replay     string    `json:"replay"`                       // the command that does the same again
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
	Others    int    `json:"runs_per_other_cell,omitempty"` // of those that need not be safe; 0: as many
	Jobs      int    `json:"jobs,omitempty"`                // runs that went on at a time; 0: unknown, or one
	TTLMS     int64  `json:"ttl_ms,omitempty"`
	Worker    string `json:"worker_cmd,omitempty"` // a worker that is not Onceover's own
	KeyLayout string `json:"shape,omitempty"`      // how the keys lie; empty: unknown, or as in the simulated world
	Consumers int    `json:"consumers,omitempty"`  // that popped from the list during the load
	Plan      string `json:"plan,omitempty"`       // of the user's own, in place of those of the scenarios

	WorkerDigest string `json:"worker_digest,omitempty"` // of the commands with their secrets, which Worker, Setup and Teardown lack; empty: they lack none

	Table    string `json:"table,omitempty"`        // of the user's own; empty: the standard one
	Element  string `json:"element,omitempty"`      // where the id of an element stands; empty: where the contract says
	Target   string `json:"target,omitempty"`       // where the rows had to arrive, if not in one list
	Setup    string `json:"setup_cmd,omitempty"`    // that was run before the workers of each run; empty: none
	Teardown string `json:"teardown_cmd,omitempty"` // that was run after them; empty: none

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

// StrategyText explains a strategy to a newcomer. The results say what breaks it.
type StrategyText struct {
	Name    string `json:"name"`
	Summary string `json:"summary"` // one line
	How     string `json:"how"`     // how it works, in a few sentences
	Rests   string `json:"rests"`   // what its safety rests on, or why it cannot hold
	Cost    string `json:"cost"`    // what one pays for it
	Use     string `json:"use"`     // for what it is fit, if it is safe enough for the reader

	Published bool `json:"published,omitempty"` // the published scheme, which readers ask for first
}

// ScenarioText explains a scenario.
type ScenarioText struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`         // one line
	Sim     string `json:"sim,omitempty"`   // what may go wrong in the simulated world
	Class   string `json:"class,omitempty"` // what is struck, as package faults names it, or several; empty: nothing, or it is not known
}

// Exit codes of the program. Gate.ExitCode is one of them. A load that is refused for
// its input has codes of its own, from 10 to 22.
const (
	ExitPass        = 0
	ExitFail        = 1 // a violation, a control that was missed, or a cell that is gone
	ExitUsage       = 2
	ExitUnknown     = 3   // too little was learned, or not everything was done
	ExitNoCell      = 4   // no scenario can take place
	ExitCost        = 5   // only costs have regressed
	ExitEnvironment = 69  // EX_UNAVAILABLE of sysexits.h
	ExitBug         = 70  // EX_SOFTWARE
	ExitInterrupted = 130 // as a shell reports an end by SIGINT
)
