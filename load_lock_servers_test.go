package main

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/scenarios/servers/serverstest"
)

// lockServers starts three Redises, and names them.
func lockServers(t *testing.T) (urls [3]string, clients [3]*redis.Client) {
	t.Helper()
	engine := serverstest.Engine(t)
	var errs [3]error
	var starting sync.WaitGroup
	for i := range urls {
		starting.Go(func() {
			server, err := engine.StartLockServer(t.Context(), "", i+1)
			if err != nil {
				errs[i] = err
				return
			}
			t.Cleanup(func() { server.Remove(context.Background()) })
			addr, err := server.Addr()
			urls[i], clients[i], errs[i] = "redis://"+addr, redis.NewClient(&redis.Options{Addr: addr}), err
			t.Cleanup(func() { clients[i].Close() })
		})
	}
	starting.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return urls, clients
}

func TestLoadUsesLockServers(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 250)
	urls, clients := lockServers(t)
	args := []string{"load", "--table", "orders", "--list", "orders", "--chunk-size", "100", "--strategy", "redlock", "--workers", "1"}
	e := complete(t, command(t, d.env(), append(args, "--lock-redis-url", urls[0], "--lock-redis-url", urls[1])...))
	e.want(t, 2)
	wantLine(t, e.stderr, "error: ", `strategy redlock needs more than 2 lock servers: none of them could be missed$`)
	e = complete(t, command(t, d.env(), append(args, "--lock-redis-url", urls[0]+","+urls[1]+","+urls[1])...))
	wantLine(t, e.stderr, "error: ", `lock server 3 is the same server as lock server 2: .*`)

	complete(t, command(t, append(d.env(), "LOCK_REDIS_URLS="+urls[0]+","+urls[1]+","+urls[2]), append(args, "--verify")...)).want(t, 0)
	d.wantExactly(t, "orders", 250)
	for i, client := range clients {
		if calls := client.Info(t.Context(), "commandstats").Val(); !strings.Contains(calls, "cmdstat_set:") {
			t.Errorf("lock server %d was not asked for a lock", i+1)
		}
		if n := client.DBSize(t.Context()).Val(); n != 0 {
			t.Errorf("lock server %d holds %d keys in the end", i+1, n)
		}
	}
}

func TestLoadRefusesAnAddressOfALockServer(t *testing.T) {
	d := databases(t)
	e := complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "orders", "--strategy", "redlock", "--lock-redis-url", "s3cret://nowhere"))
	e.want(t, 2)
	wantLine(t, e.stderr, "error: ", `--lock-redis-url cannot be read$`)
}
