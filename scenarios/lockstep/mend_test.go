package lockstep

import (
	"testing"

	"onceover/faults/wire"
	"onceover/sim"
)

func TestAChangeOfMySQLIsRememberedWhenItsConnectionHasEnded(t *testing.T) {
	p := &process{hub: newHub(), exited: true, ended: make(chan struct{})}
	close(p.ended)
	g := &gate{server: sim.MySQL, protocol: wire.MySQL, of: p}
	p.gates = []*gate{g}
	l := &link{gate: g, hub: p.hub}
	l.read(wire.Request{Protocol: wire.MySQL, Cmd: wire.ComQuery, SQL: "UPDATE t SET a = 1"})
	p.gates = nil // its connection has ended
	r := &run{hub: p.hub, world: &World{options: Options{}.withDefaults()}}
	if err := r.retire(p); err != nil || !r.changed {
		t.Errorf("changed %v, %v", r.changed, err)
	}
}
