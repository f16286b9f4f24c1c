package sim

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"onceover/sim/redismodel"
)

// ErrNondeterministic says that a program did something else after the very
// same replies, or an injector in the very same world. Nothing that is found in
// such a program can be repeated.
var ErrNondeterministic = errors.New("sim: the program is not deterministic")

// nondeterministic says what was not the same, and under which circumstances.
func (s *Scene) nondeterministic(log []EventID, format string, args ...any) error {
	return fmt.Errorf("%w: %s: %w", ErrNondeterministic, s.circumstances(log), fmt.Errorf(format, args...))
}

// circumstances are the program, the budget, and the faults of a schedule.
func (s *Scene) circumstances(log []EventID) string {
	struck := slices.DeleteFunc(slices.Clone(log), func(e EventID) bool { return !e.Kind.IsFault() })
	return fmt.Sprintf("%s, budget %v, faults so far %v", s.Setup.Name, s.Setup.Budget, struck)
}

// A worker is a function of the results of what it calls. recording holds what it
// did after each history of results, so that its code need not run again to
// know what it does next. While schedules are carried out it is only read.
type recording struct {
	roots map[life]*node
}

// life is one life of one worker.
type life struct{ worker, life int }

// node is what a worker does after one history of results.
type node struct {
	digest  uint64           // of the life and of its results until then, the same in all recordings
	action  *call            // nil: not known yet
	written []byte           // what it writes, for all schedules that come here
	then    map[uint64]*node // by a digest of the result and of the time
}

// call is one thing that a worker does to the world.
type call struct {
	what   calling
	link   int
	server Server
	bytes  string        // written
	room   int           // for what is read
	until  time.Duration // of a sleep, a pause or a read
	on     bool
	err    string
}

type calling uint8

const (
	callDial calling = iota
	callWrite
	callRead
	callHangUp
	callSleep
	callPrepare
	callPause // within a client: time has passed
	callExit
)

func (c call) String() string {
	return [...]string{"dials", "writes", "reads", "hangs up", "sleeps", "prepares", "pauses", "ends"}[c.what] +
		fmt.Sprintf(" (connection %d, %d bytes, until %v, %s)", c.link, len(c.bytes), c.until, c.err)
}

func newRecording() *recording { return &recording{roots: map[life]*node{}} }

// callTrace is what one life of a worker did in one schedule.
type callTrace struct {
	of     life
	frames []frame
}

// frame is one call, and what came of it.
type frame struct {
	call     call
	result   uint64
	returned bool
}

// learn adds a trace, and fails if after the same results the same life did
// something else before.
func (t *recording) learn(s *callTrace) error {
	m := t.roots[s.of]
	if m == nil {
		m = &node{digest: redismodel.Mix(uint64(s.of.worker)<<32 | uint64(s.of.life))}
		t.roots[s.of] = m
	}
	for i := range s.frames {
		f := &s.frames[i]
		if err := m.record(&f.call); err != nil {
			return err
		}
		if f.returned {
			m = m.after(f.result)
		}
	}
	return nil
}

// record notes what a worker does.
func (m *node) record(c *call) error {
	if m.action == nil {
		action := *c
		m.action = &action
		if c.what == callWrite {
			m.written = []byte(c.bytes)
		}
		return nil
	}
	if *m.action != *c {
		return fmt.Errorf("a worker that %v did otherwise before: it %v", *c, *m.action)
	}
	return nil
}

func (m *node) after(result uint64) *node {
	next := m.then[result]
	if next == nil {
		next = &node{digest: redismodel.Mix(redismodel.Mix(m.digest) ^ result)}
		if m.then == nil {
			m.then = make(map[uint64]*node, 1)
		}
		m.then[result] = next
	}
	return next
}

// result is a digest of what a call returned, and when.
func result(now time.Duration, n int, bytes []byte, err error) uint64 {
	h := xxhash.Sum64(bytes)
	h = redismodel.Mix(h ^ uint64(now))
	h = redismodel.Mix(h ^ uint64(n))
	if err != nil {
		h = redismodel.Mix(h ^ xxhash.Sum64String(err.Error()))
	}
	return h
}
