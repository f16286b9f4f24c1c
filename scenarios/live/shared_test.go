package live_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"

	"onceover/faults"
	"onceover/scenarios/live"
	"onceover/scenarios/servers/serverstest"
)

// atOnce is how many tests run side by side, since most of the time they wait. Each
// has servers to itself, so that many are started and no more.
const atOnce = 2

// shared are the worlds whose servers tests have one after the other.
var shared struct {
	mu   sync.Mutex
	idle []*live.World
}

// openWorld gives a test a world on servers that may have served others before.
// What the harness does to servers by a plan it heals itself, so that is no reason to
// have others; for a test that goes behind its back there is openOwn.
func openWorld(t *testing.T, o live.Options, persistences ...faults.Persistence) *live.World {
	t.Helper()
	serverstest.Engine(t)
	base, err := borrow()
	if err != nil {
		t.Fatal(err)
	}
	w, err := live.Lend(t.Context(), base, withWorker(o), persistences...)
	if err != nil {
		t.Fatal(errors.Join(err, base.Close(context.Background())))
	}
	t.Cleanup(func() {
		err := w.GiveBack(context.Background())
		if err == nil && !t.Failed() {
			giveBack(base)
			return
		}
		if err := errors.Join(err, base.Close(context.Background())); err != nil { // what failed here is not handed on
			t.Error(err)
		}
	})
	return w
}

// borrow returns an idle world, or a new one with everything that a test may ask for.
func borrow() (*live.World, error) {
	shared.mu.Lock()
	if n := len(shared.idle); n > 0 {
		defer shared.mu.Unlock()
		w := shared.idle[n-1]
		shared.idle = shared.idle[:n-1]
		return w, nil
	}
	shared.mu.Unlock()
	w, err := live.Open(context.Background(), live.Options{}, faults.Nothing, faults.Always, faults.EverySec)
	if err != nil {
		return nil, errors.Join(err, w.Close(context.Background()))
	}
	return w, nil
}

func giveBack(w *live.World) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	shared.idle = append(shared.idle, w)
}

// closeShared removes the servers when all tests are over.
func closeShared() error {
	var errs []error
	for _, w := range shared.idle {
		errs = append(errs, w.Close(context.Background()))
	}
	return errors.Join(errs...)
}

// openOwn starts servers for one test.
func openOwn(t *testing.T, o live.Options, persistences ...faults.Persistence) *live.World {
	t.Helper()
	serverstest.Engine(t)
	w, err := live.Open(t.Context(), withWorker(o), persistences...)
	t.Cleanup(func() {
		if err := w.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// withWorker names the worker of the world under test, which is this program.
func withWorker(o live.Options) live.Options {
	if o.OwnWorker == nil {
		o.OwnWorker = []string{os.Args[0]}
	}
	return o
}
