package sim

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// ErrLog says that a decision log cannot be read.
var ErrLog = errors.New("sim: the decision log cannot be read")

// ErrDiverged says that a schedule could not be repeated.
var ErrDiverged = errors.New("sim: the schedule went another way")

// Log is a schedule that can be repeated: the set-up, and every event. It is
// the source of truth; a seed repeats a schedule only with the same program.
type Log struct {
	Setup Setup `json:"setup"` // without its Program, which is found by its name
	Finding
	Events []EventID `json:"-"`
}

// logVersion changes when an older program would misread a log.
const logVersion = 2

// head is the first line of a log, one object like all that follow.
type head struct {
	Version int `json:"onceover_schedule"`
	Log
	Length int `json:"events"`
}

type entry struct {
	Event EventID `json:"event"`
}

// Write writes the log, one JSON object a line, the version first.
func (l Log) Write(to io.Writer) error {
	out := json.NewEncoder(to)
	if err := out.Encode(head{logVersion, l, len(l.Events)}); err != nil {
		return err
	}
	for _, e := range l.Events {
		if err := out.Encode(entry{e}); err != nil {
			return err
		}
	}
	return nil
}

// ReadLog reads what Write wrote.
func ReadLog(from io.Reader) (Log, error) {
	lines := bufio.NewScanner(from)
	var first json.RawMessage
	if err := line(lines, &first); err != nil {
		return Log{}, err
	}
	h, err := readHead(first)
	if err != nil {
		return Log{}, err
	}
	l := h.Log
	for range h.Length {
		var e entry
		if err := line(lines, &e); err != nil {
			return Log{}, err
		}
		l.Events = append(l.Events, e.Event)
	}
	if lines.Scan() {
		return Log{}, fmt.Errorf("%w: there is more after the last of %d events", ErrLog, h.Length)
	}
	return l, nil
}

// readHead looks at the version before anything else: the rest of another
// version may have another form.
func readHead(text []byte) (head, error) {
	var v struct {
		Version int `json:"onceover_schedule"`
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return head{}, fmt.Errorf("%w: %w", ErrLog, err)
	}
	if v.Version != logVersion {
		return head{}, fmt.Errorf("%w: it is of version %d, this program reads version %d; explore again", ErrLog, v.Version, logVersion)
	}
	var h head
	if err := json.Unmarshal(text, &h); err != nil {
		return head{}, fmt.Errorf("%w: %w", ErrLog, err)
	}
	return h, nil
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

// Replay repeats a schedule with the real clients, event by event. An event
// that cannot happen, or another verdict at the end, is ErrDiverged.
func (s *Scene) Replay(l Log, trace bool) (Run, error) {
	f := &follow{log: l.Events}
	f.then = func(enabled []Choice) int {
		f.diverged = fmt.Errorf("%w after its last event, %d: %s can still happen", ErrDiverged, len(l.Events), names(enabled))
		return -1
	}
	run, err := s.Run(f.choose, trace)
	switch {
	case err != nil || f.diverged != nil:
		return run, errors.Join(err, f.diverged)
	case run.Finding != l.Finding:
		return run, fmt.Errorf("%w: it ended %s (%s), and not %s (%s)", ErrDiverged, run.Verdict, run.Why, l.Verdict, l.Why)
	case !slices.Equal(run.Log, l.Events):
		return run, fmt.Errorf("%w: it ended after %d events of %d", ErrDiverged, len(run.Log), len(l.Events))
	}
	return run, nil
}

// Log is what is needed to repeat a run.
func (s *Scene) Log(r Run) Log {
	return Log{Setup: s.Setup, Finding: r.Finding, Events: r.Log}
}
