package lockstep

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"onceover/faults"
	"onceover/scenarios/target"
	"onceover/scenarios/worker"
	"onceover/sim"
)

// ErrLog says that a stored schedule cannot be read.
var ErrLog = errors.New("lockstep: the schedule cannot be read")

// Log is a schedule of real processes that can be repeated.
type Log struct {
	Command worker.Command `json:"worker_cmd"`
	Element string         `json:"element,omitempty"` // where the id of an element stands
	Target  target.Spec    `json:"target,omitzero"`
	Workers int            `json:"workers"`
	Chunks  int            `json:"chunks"`
	Rows    int            `json:"rows"`
	Budget  faults.Budget  `json:"budget"` // exactly what goes wrong
	Redis   string         `json:"redis"`  // image and version, as far as they are known
	MySQL   string         `json:"mysql"`
	sim.Finding
	Passing *Passing `json:"passing,omitempty"`
	Steps   []Step   `json:"-"`
}

// Passing is the nearest schedule that keeps the promise: one event comes later, or is left out.
type Passing struct {
	Event   int  `json:"event"` // from 0
	After   int  `json:"after"`
	Removed bool `json:"removed,omitempty"`
}

// A job may be no larger, since the harness makes all of it for each run.
const (
	MostWorkers = 256
	MostChunks  = 10_000
	mostRows    = 1_000 // of a chunk
	mostEvents  = 1_000_000
)

// Step is one event, and what it is about.
type Step struct {
	Event   sim.EventID `json:"event"`
	Words   string      `json:"words"`   // the command, by which the step is known again
	Request string      `json:"request"` // with its arguments, to be read
}

func (s Step) String() string {
	if s.Request != "" {
		return s.Event.String() + " " + s.Request
	}
	return s.Event.String() + " " + s.Words
}

// A log has the least version whose programs do not misread it.
const (
	oneList   = 1
	anyTarget = 2
)

func (l Log) version() int {
	if l.Target.String() != "" {
		return anyTarget
	}
	return oneList
}

type head struct {
	Version int `json:"onceover_lockstep"`
	Log
	Length int `json:"events"`
}

// IsLog tells whether a text begins as Write begins.
func IsLog(text []byte) bool {
	var v struct {
		Version int `json:"onceover_lockstep"`
	}
	return json.NewDecoder(bytes.NewReader(text)).Decode(&v) == nil && v.Version > 0
}

// Write writes the log, one JSON object a line.
func (l Log) Write(to io.Writer) error {
	out := json.NewEncoder(to)
	out.SetEscapeHTML(false)
	if err := out.Encode(head{l.version(), l, len(l.Steps)}); err != nil {
		return err
	}
	for _, s := range l.Steps {
		if err := out.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

// ReadLog reads what Write wrote.
func ReadLog(from io.Reader) (Log, error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	var h head
	if err := line(lines, &h); err != nil {
		return Log{}, err
	}
	switch {
	case h.Version < oneList || h.Version > anyTarget:
		return Log{}, fmt.Errorf("%w: it is of version %d, this program reads versions %d to %d; explore again", ErrLog, h.Version, oneList, anyTarget)
	case len(h.Command) == 0 || h.Workers < 1 || h.Chunks < 1 || h.Rows < 1:
		return Log{}, fmt.Errorf("%w: it names no job", ErrLog)
	case h.Workers > MostWorkers || h.Chunks > MostChunks || h.Rows > mostRows || h.Length > mostEvents:
		return Log{}, fmt.Errorf("%w: no more than %d workers, %d chunks, %d rows of a chunk and %d events are possible", ErrLog, MostWorkers, MostChunks, mostRows, mostEvents)
	case h.Length < 1:
		return Log{}, fmt.Errorf("%w: it has no events", ErrLog)
	}
	for kind := range h.Budget {
		if !slices.Contains(Faults(), kind) {
			return Log{}, fmt.Errorf("%w: %s cannot be chosen with real processes", ErrLog, kind)
		}
	}
	l := h.Log
	if err := l.Target.Check(); err != nil {
		return Log{}, fmt.Errorf("%w: %w", ErrLog, err)
	}
	for range h.Length {
		var s Step
		if err := line(lines, &s); err != nil {
			return Log{}, err
		}
		if s.Event.Worker >= l.Workers || s.Event.Worker < 0 && s.Event.Kind != pastLeases {
			return Log{}, fmt.Errorf("%w: there is no worker %d", ErrLog, s.Event.Worker)
		}
		l.Steps = append(l.Steps, s)
	}
	if lines.Scan() {
		return Log{}, fmt.Errorf("%w: there is more after the last of %d events", ErrLog, h.Length)
	}
	return l, nil
}

func line(lines *bufio.Scanner, into any) error {
	if !lines.Scan() {
		return errors.Join(fmt.Errorf("%w: it ends too early", ErrLog), lines.Err())
	}
	if err := json.Unmarshal(lines.Bytes(), into); err != nil {
		return fmt.Errorf("%w: %w", ErrLog, err)
	}
	return nil
}

// events are those of the steps.
func (l Log) events() (all []sim.EventID) {
	for _, s := range l.Steps {
		all = append(all, s.Event)
	}
	return all
}

// OtherServers tells how the servers differ from those of a log; "": they do not.
func (w *World) OtherServers(l Log) string {
	var all []string
	for _, s := range []struct{ name, then, now string }{{"Redis", l.Redis, w.redisName()}, {"MySQL", l.MySQL, w.mysqlName()}} {
		if s.then != "" && s.then != s.now {
			all = append(all, fmt.Sprintf("%s was %s, and is %s", s.name, s.then, s.now))
		}
	}
	return strings.Join(all, "; ")
}

func (w *World) redisName() string {
	return strings.TrimSpace(w.options.RedisImage + " " + w.Versions.Redis)
}

func (w *World) mysqlName() string {
	return strings.TrimSpace(w.options.MySQLImage + " " + w.Versions.MySQL)
}

// log is what is needed to repeat a run.
func (w *World) log(r Result) Log {
	l := Log{
		Command: w.options.Command, Element: w.options.Element.String(), Target: w.options.Target, Workers: w.options.Workers, Chunks: w.options.Chunks, Rows: w.options.Rows,
		Budget: r.Used, Finding: r.Finding, Redis: w.redisName(), MySQL: w.mysqlName(),
	}
	at := 0
	for _, s := range r.Trace {
		if !s.Note {
			l.Steps = append(l.Steps, Step{Event: s.ID, Words: r.Words[at], Request: s.Request})
			at++
		}
	}
	return l
}
