package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"onceover/scenarios/live/livetest"
)

// realServers are the tests of this package with the servers that they use.
type realServers struct{ m *testing.M }

func (r realServers) Run() int { return livetest.Main(r.m) }

// TestMain makes the test program be onceover, workers included, where it is
// started by that name, which is on the PATH of the tests.
func TestMain(m *testing.M) {
	testscript.Main(realServers{m}, map[string]func(){"onceover": main})
}
