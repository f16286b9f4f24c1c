package main

import (
	"errors"

	"onceover/reports"
	"onceover/scenarios/target"
	"onceover/scenarios/worker"
)

// targetFlags say where a program leaves the rows.
type targetFlags struct {
	List   []string `placeholder:"NAME" help:"A list that --worker-cmd fills, in place of the one that ONCEOVER_LIST names; may be repeated. All of them have to hold each row once together. {list}, {table} and {run} stand for what a worker is told, {chunk} and {worker} for one list of each number, as in '{list}:{chunk}'."`
	Stream bool     `help:"ONCEOVER_LIST names a stream, which --worker-cmd fills, and no list. A row is an entry: the value of its only field, or an object of its fields, in which --element finds them, as json:.order_id."`
}

// given is one of the flags that is there, or "".
func (f targetFlags) given() string {
	switch {
	case f.Stream:
		return "--stream"
	case len(f.List) > 0:
		return "--list"
	}
	return ""
}

func (f targetFlags) read() (target.Spec, error) {
	s := target.Spec{Lists: f.List, Stream: f.Stream}
	if f.Stream && len(f.List) > 0 {
		return s, usagef("--list and --stream: give one of them")
	}
	err := s.Check()
	if misuse := (*worker.Misuse)(nil); errors.As(err, &misuse) {
		wrong := usagef("--list: %w", err)
		if misuse.Try != "" {
			return s, advice{error: wrong, try: misuse.Try, code: reports.ExitUsage}
		}
		return s, wrong
	}
	return s, err
}
