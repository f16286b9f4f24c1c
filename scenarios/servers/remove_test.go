package servers_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

func TestManyMayRemoveOneServerAtOnce(t *testing.T) {
	server, err := serverstest.Engine(t).StartRedis(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	var removing sync.WaitGroup
	for range 8 {
		removing.Go(func() {
			if err := server.Remove(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	removing.Wait()
}

// ours are the containers of this process.
func ours(t *testing.T) string {
	t.Helper()
	args := []string{"ps", "-aq", "--no-trunc"}
	for name, value := range servers.OwnerOf(os.Getpid()).Labels() {
		args = append(args, "--filter", "label="+name+"="+value)
	}
	return docker(t, args...)
}

// The engine goes on with what it was asked for, whoever waits for it.
func TestAStartThatIsInterruptedLeavesNoContainer(t *testing.T) {
	engine := serverstest.Engine(t)
	first, err := engine.StartRedis(t.Context(), "", "") // with what keeps the containers of this process
	if err != nil {
		t.Fatal(err)
	}
	defer first.Remove(context.Background())
	before := ours(t)
	ctx, cancel := context.WithCancel(t.Context())
	var interrupting sync.WaitGroup
	interrupting.Go(func() {
		defer cancel()
		for ours(t) == before && ctx.Err() == nil {
			<-time.After(time.Millisecond)
		}
	})
	s, err := engine.StartRedis(ctx, "", "")
	cancel()
	interrupting.Wait()
	if !errors.Is(err, context.Canceled) || s != nil {
		t.Errorf("%v", err)
	}
	if now := ours(t); now != before {
		t.Errorf("containers %s, and before %s", now, before)
	}
}
