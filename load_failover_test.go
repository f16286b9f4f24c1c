package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestLoadFindsTheNodeAndFollowsTheSlot(t *testing.T) {
	d := databases(t)
	c := startCluster(t)
	from, to := c.masters[0], c.masters[1]
	from.into(&d, "redis://"+c.masters[2].addr)
	w, rows := d.long(t, "--rate", "2000")
	to.do(t, fmt.Sprintf("CLUSTER SETSLOT %d IMPORTING %s", c.slot, from.id))
	from.do(t, fmt.Sprintf("CLUSTER SETSLOT %d MIGRATING %s", c.slot, to.id))
	host, port, _ := strings.Cut(to.addr, ":")
	migrate := func(key string) { from.do(t, "MIGRATE "+host+" "+port+" "+key+" 0 5000 REPLACE") }
	migrate("orders")
	w.saying(t, "the Redis cluster moves the list to another node")
	eventually(t, "the old node is empty", func() bool {
		keys := from.ClusterGetKeysInSlot(t.Context(), int(c.slot), 100).Val()
		for _, key := range keys {
			migrate(key)
		}
		return len(keys) == 0
	})
	// The others hear of it from this one. The old node has no slot left, and becomes a
	// replica, which cannot be told.
	to.do(t, fmt.Sprintf("CLUSTER SETSLOT %d NODE %s", c.slot, to.id))
	w.wait(t).want(t, 0)
	to.into(&d, "redis://"+c.masters[2].addr)
	d.wantExactly(t, "orders", rows)
	e := complete(t, command(t, d.env(), append(w.cmd.Args[1:], "--verify")...))
	e.want(t, 0)
	wantMatch(t, e.stdout, `\nverified: `)
}

func TestLoadGoesOnAtTheReplicaOfADeadMaster(t *testing.T) {
	d := databases(t)
	c := startCluster(t)
	c.masters[0].into(&d, "redis://"+c.masters[0].addr)
	w, rows := d.long(t, "--durability", "replica", "--rate", "2000")
	c.dies(t, c.masters[0])
	eventually(t, "the replica leads", func() bool { return c.replica.leads(t) })
	c.masters[0].start(t)
	e := w.wait(t)
	e.want(t, 0)
	c.replica.into(&d, "")
	d.wantExactly(t, "orders", rows)
}

// What the replica did not get is lost, marks and rows together, and is loaded again.
func TestLoadMakesUpForWhatAFailoverHasLost(t *testing.T) {
	d := databases(t)
	c := startCluster(t)
	c.masters[0].into(&d, "redis://127.0.0.1:1?addr=127.0.0.1:2&addr="+c.masters[2].addr) // two are down
	w, rows := d.long(t, "--rate", "1000")
	c.masters[0].do(t, "ACL SETUSER replicates off")
	c.masters[0].do(t, "CLIENT KILL TYPE replica")
	before := c.masters[0].LLen(t.Context(), "orders").Val()
	eventually(t, "more rows", func() bool { return c.masters[0].LLen(t.Context(), "orders").Val() > before+200 })
	c.dies(t, c.masters[0])
	e := w.wait(t)
	e.want(t, 0)
	wantMatch(t, e.stdout, `loaded again, because Redis had lost the marks`)
	c.replica.into(&d, "")
	d.wantExactly(t, "orders", rows)
}

func TestLoadFollowsSentinels(t *testing.T) {
	d := databases(t)
	master := startNode(t, false, "save \"\"", "repl-diskless-sync-delay 0")
	host, port, _ := strings.Cut(master.addr, ":")
	replica := startNode(t, false, "save \"\"", "repl-diskless-sync-delay 0", "replicaof "+host+" "+port)
	eventually(t, "the replica has its master's data", func() bool { return replica.follows(t) })
	var addrs []string
	var sentinels []*node
	for range 3 {
		sentinel := startNode(t, true, "sentinel monitor shop "+host+" "+port+" 2",
			"sentinel down-after-milliseconds shop 600000", "sentinel failover-timeout shop 3000", "user guard on >guard-pw ~* &* +@all")
		sentinels, addrs = append(sentinels, sentinel), append(addrs, sentinel.addr)
	}
	eventually(t, "the Sentinels know each other and the replica", func() bool {
		return !slices.ContainsFunc(sentinels, func(n *node) bool {
			return !strings.Contains(n.Info(t.Context(), "sentinel").Val(), "status=ok,address="+master.addr+",slaves=1,sentinels=3")
		})
	})
	replica.do(t, "ACL SETUSER shopper on >shop-pw ~* &* +@all")
	master.do(t, "ACL SETUSER shopper on >shop-pw ~* &* +@all")
	master.into(&d, "redis://guard:guard-pw@"+addrs[0]+"?master_name=shop&username=shopper&password=shop-pw&addr="+addrs[1]+"&addr="+addrs[2])
	w, rows := d.long(t, "--verify", "--snapshot", "--rate", "2000")
	for _, sentinel := range sentinels {
		sentinel.do(t, "SENTINEL SET shop down-after-milliseconds 500")
	}
	master.kill(t)
	e := w.wait(t)
	e.want(t, 0)
	wantMatch(t, e.stdout, `\nverified: `)
	replica.into(&d, "")
	d.wantExactly(t, "orders", rows)
}

func TestLoadSaysWhatIsNoTarget(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 10)
	sentinel := startNode(t, true, "sentinel monitor shop "+strings.ReplaceAll(d.redis.Options().Addr, ":", " ")+" 1")
	redisAddr := d.redis.Options().Addr
	for _, c := range []struct{ url, says string }{
		{"redis://" + sentinel.addr, "error: this is a Redis Sentinel, and no Redis\n"},
		{"redis://" + sentinel.addr + "?master_name=shoes", "error: no Sentinel knows a master shoes\n"},
		{"redis://" + redisAddr + "?addr=" + redisAddr, "error: addr= names more nodes of a cluster, and this Redis is not in one\n"},
	} {
		d.redisURL = c.url
		for _, more := range [][]string{{}, {"--reset", "--yes"}} {
			e := complete(t, command(t, d.env(), append([]string{"load", "--table", "orders", "--list", "orders"}, more...)...))
			e.want(t, 2)
			wantMatch(t, e.stderr, c.says+"try: .")
		}
	}
	d.redisURL = "redis://127.0.0.1:1?master_name=shop"
	e := complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "orders"))
	e.want(t, 69)
	wantMatch(t, e.stderr, "error: cannot reach a Sentinel: .*\ntry: .")
	if held := len(d.keys(t)); held > 0 {
		t.Errorf("%d keys were written", held)
	}
}
