package main

import (
	"context"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/scenarios/servers/serverstest"
)

// clustered makes the Redis of a test a cluster of one node.
func clustered(t *testing.T, d *dbs) {
	t.Helper()
	server, err := serverstest.Engine(t).StartRedis(t.Context(), "", "", "--cluster-enabled", "yes")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Remove(context.Background()) })
	addr, err := server.Addr()
	if err != nil {
		t.Fatal(err)
	}
	d.redis, d.redisURL = redis.NewClient(&redis.Options{Addr: addr}), "redis://"+addr
	t.Cleanup(func() { d.redis.Close() })
	if err := d.redis.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the cluster is up", func() bool {
		info, err := d.redis.ClusterInfo(t.Context()).Result()
		return err == nil && strings.Contains(info, "cluster_state:ok")
	})
}

func TestLoadIntoANodeOfACluster(t *testing.T) {
	d := databases(t)
	clustered(t, &d)
	d.fill(t, "orders", 100)
	for _, list := range []string{"orders", "{shop}:orders", "a{b"} {
		e := complete(t, command(t, d.env(), "load", "--table", "orders", "--list", list, "--verify"))
		e.want(t, 0)
		wantMatch(t, e.stdout, `\nverified: `)
		d.wantExactly(t, list, 100)
	}
	complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "once", "--snapshot", "--verify")).want(t, 0)
	before := len(d.keys(t))
	for _, list := range []string{"a}b", "{}orders"} {
		e := complete(t, command(t, d.env(), "load", "--table", "orders", "--list", list))
		e.want(t, 26)
		wantLine(t, e.stderr, "error: ", `this Redis is a node of a cluster, where no other key can share the slot of list `+strings.NewReplacer("{", `\{`, "}", `\}`).Replace(list)+`$`)
		wantLine(t, e.stderr, "try: ", `a list without } in its name, or one with a hash tag: .*`)
	}
	d.redisURL += "/1"
	e := complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "orders"))
	e.want(t, 26)
	wantLine(t, e.stderr, "error: ", `this Redis is a node of a cluster, which has no databases but 0: .*`)
	if after := len(d.keys(t)); after != before {
		t.Errorf("%d keys were written", after-before)
	}
}
