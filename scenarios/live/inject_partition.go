package live

import (
	"fmt"
	"time"

	"onceover/faults"
	"onceover/reports/format"
)

var _ = register(faults.Partition, partition{})

type partition struct {
	offWire
	anywhere
}

const keptBack = "what the worker sent was kept back"

// Inject lets the connections of the worker carry nothing, and those that it opens meanwhile.
// That has effect when something that it sends is kept back.
func (partition) Inject(i *injection) {
	server := i.Word
	if server == faults.BothServers {
		server = ""
	}
	quiet := i.worker.proxies.silence(server, true)
	held := i.keeps && quiet[i.aimedAt()] != nil // its request goes on with the rest
	if !held {
		i.goOn()
	}
	ends := time.Now().Add(i.For)
	i.later(func() func() {
		kept := held
		// The proxies count what they keep, and tell nobody: so it is looked at, until the fault ends.
		for ; !kept && time.Now().Before(ends) && !i.ended(); time.Sleep(look) {
			kept = quiet.kept()
		}
		return func() {
			if kept {
				i.seen(keptBack)
			}
			i.after(time.Until(ends), func() { i.rejoin(quiet, kept) })
		}
	})
}

func (i *injection) rejoin(quiet silence, kept bool) {
	bytes, came := quiet.sum()
	quiet.end()
	i.goOn()
	switch {
	case !kept && bytes+came == 0:
		i.abandon("nothing came from the worker meanwhile")
		return
	case !kept: // it came after the last look
		i.seen(keptBack)
	}
	i.heal(fmt.Sprintf("%s and %s, and passed on after %s", format.Plural(bytes, "byte", "bytes"), format.Plural(came, "new connection", "new connections"), i.For))
}

// ended tells whether the run was given up.
func (l *loop) ended() bool {
	select {
	case <-l.quit:
		return true
	default:
		return false
	}
}
