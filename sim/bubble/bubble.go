// Package bubble runs code in virtual time: goroutines that wait are known to
// wait, and the clock moves only when the code lets it.
//
// It stands on testing/synctest, the only part of the standard library with
// both properties, and works outside tests: synctest needs a testing.T merely
// to report failures, which nothing in a bubble may do here. This package is
// the only place that knows.
//
// Limits. All goroutines that are started in a bubble must end in it. They must
// not wait for anything outside: no network, no channel of another bubble. Two
// goroutines that become ready at the same moment run in any order.
package bubble

import (
	"errors"
	"fmt"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"
)

// ErrPanic says that the code in a bubble did not end as it should: it
// panicked, or left goroutines behind that wait for ever.
var ErrPanic = errors.New("bubble: the code did not end")

// Run calls f in a new bubble and returns when f and all goroutines that it
// started have ended. A panic in a goroutine other than f's ends the process.
func Run(f func()) (err error) {
	var inside error
	defer func() {
		if p := recover(); p != nil {
			err = errors.Join(inside, fmt.Errorf("%w: %v", ErrPanic, p))
		}
	}()
	synctest.Test(new(testing.T), func(*testing.T) {
		defer func() {
			if p := recover(); p != nil {
				inside = fmt.Errorf("%w: %v\n%s", ErrPanic, p, debug.Stack())
			}
		}()
		f()
	})
	return inside
}

// Wait returns when every other goroutine of the bubble waits for something in it.
func Wait() { synctest.Wait() }

// Epoch is the time at which every bubble begins.
func Epoch() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }
