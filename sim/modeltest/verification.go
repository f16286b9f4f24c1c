// Package modeltest compares the model of a server with a real one on random
// input that nobody has seen, and sorts what differs into classes, where an
// ordinary test would stop at the first difference.
//
// A test registers the flags of a [Verification], which say how much is compared:
// 0 leaves the test as it is. Each of its runs has a seed of its own, with which
// the ordinary test finds the same difference and makes it small.
package modeltest

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// Verification is what the flags of a test say, and what came of it.
type Verification struct {
	Tally
	enough int    // of what is compared; 0: an ordinary test
	totals string // the file to which the line of totals is appended
}

// Flags registers the flags of a verification, which counts in such units.
func Flags(units Units) *Verification {
	v := &Verification{Tally: Tally{units: units}}
	flag.IntVar(&v.enough, "verify", 0, "compare this many "+units.enough()+" or a few more, and list the classes of what differs; 0: stop at the first difference")
	flag.StringVar(&v.totals, "totals", "", "with -verify: append the line of totals to this file")
	return v
}

// On tells whether a test verifies.
func (v *Verification) On() bool { return v.enough > 0 }

// Runs carries out one run after the other, until enough is compared, and reports.
// The test fails if a class of differences is left, or nothing was compared.
func (v *Verification) Runs(t *testing.T, run func(*rapid.T)) {
	t.Helper()
	fmt.Printf("seed %d\n", startSeed(t))
	for seed := startSeed(t); v.done() < v.enough && v.runs < v.enough; seed++ {
		set(t, "rapid.seed", strconv.FormatUint(seed, 10))
		set(t, "rapid.checks", "1")
		v.seed, v.runs = seed, v.runs+1
		rapid.Check(quiet{t}, run)
	}
	fmt.Print(v.Report())
	if v.totals != "" {
		v.appendTotals(t)
	}
	if len(v.classes) > 0 || v.compared == 0 {
		t.Fail()
	}
}

// quiet does not say after each run that it was fine.
type quiet struct{ *testing.T }

func (quiet) Logf(string, ...any) {}

// startSeed is where the seeds of the runs begin.
func startSeed(t *testing.T) uint64 {
	t.Helper()
	seed, err := strconv.ParseUint(flag.Lookup("rapid.seed").Value.String(), 0, 64)
	if err != nil || seed == 0 {
		t.Fatalf("-verify needs a seed: -rapid.seed=7 (%v)", err)
	}
	return seed
}

// set sets a flag until the end of the test.
func set(t *testing.T, name, value string) {
	t.Helper()
	before := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set(name, before) })
}

func (v *Verification) appendTotals(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile(v.totals, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = fmt.Fprintf(f, "%s\n", v.Totals())
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Error(err)
	}
}
