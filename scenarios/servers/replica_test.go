package servers_test

import (
	"context"
	"testing"

	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

func TestTwoServersChangePlaces(t *testing.T) {
	engine := serverstest.Engine(t)
	primary, err := engine.StartRedis(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	replica, err := engine.StartReplica(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, s := range []*servers.Server{primary, replica} {
			if err := s.Remove(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
	inside, _, err := replica.Inside(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	addr, err := replica.Addr()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := primary.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	replica.Swap(primary)
	if now, err := primary.Addr(); now != addr || primary.Name() != "Redis" {
		t.Errorf("%s is at %s, want %s: %v", primary.Name(), now, addr, err)
	}
	if now, _, err := primary.Inside(t.Context()); now != inside {
		t.Errorf("others reach it at %s, want %s: %v", now, inside, err)
	}
	if now, err := replica.Addr(); err == nil {
		t.Errorf("the one that died is at %s", now)
	}
	if _, err := replica.Start(t.Context()); err != nil {
		t.Errorf("it does not start again: %v", err)
	}
}
