package servers_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

// A killed server still has what it has not synced; one that lost power has not, and no
// half of a transaction.
func TestALossOfPowerTakesWhatWasNotSynced(t *testing.T) {
	s, err := serverstest.Engine(t).StartRedis(t.Context(), "", "everysec", "--appendfsync", "no") // so that nothing is synced by chance
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Remove(context.Background()); err != nil {
			t.Error(err)
		}
	})
	do := func(commands ...[]any) {
		t.Helper()
		client := open(t, s)
		defer client.Close()
		if _, err := client.TxPipelined(t.Context(), func(p redis.Pipeliner) error {
			for _, c := range commands {
				p.Do(t.Context(), c...)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	keys := func() string {
		t.Helper()
		client := open(t, s)
		defer client.Close()
		found, err := client.Do(t.Context(), "sort", "list", "alpha").StringSlice()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(found, " ")
	}
	do([]any{"rpush", "list", "early"})
	do([]any{"rpush", "list", "torn"}, []any{"set", "mark", "1"}, []any{"rpush", "list", "late"})
	if _, err := s.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := keys(); got != "early late torn" {
		t.Errorf("after the kill it has %q", got)
	}
	mark := []byte("mark\r\n$1\r\n1\r\n")
	evidence, lost, err := s.LosePower(t.Context(), "/data/appendonlydir", func(file []byte) int { return bytes.LastIndex(file, mark) + len(mark) })
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(lost), "late") || !strings.Contains(evidence, "not synced and are gone") {
		t.Errorf("%q, and %q was lost", evidence, lost)
	}
	if _, err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := keys(); got != "early" {
		t.Errorf("after the loss of power it has %q", got)
	}
	if _, _, err := s.LosePower(t.Context(), "/data/appendonlydir", func([]byte) int { return -1 }); err == nil || !strings.Contains(err.Error(), "does not hold what was synced") {
		t.Errorf("of a mark that is not there it says %v", err)
	}
}

func open(t *testing.T, s *servers.Server) *redis.Client {
	t.Helper()
	addr, err := s.Addr()
	if err != nil {
		t.Fatal(err)
	}
	return servers.OpenRedis(&redis.Options{Addr: addr})
}
