package servers_test

import (
	"sync"
	"testing"

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
