package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

// node is a Redis, or a Sentinel, at an address that it keeps.
type node struct {
	*redis.Client
	server *servers.Server
	addr   string
	id     string // in its cluster
}

func startNode(t *testing.T, sentinel bool, lines ...string) *node {
	t.Helper()
	port := freePort(t)
	server, err := serverstest.Engine(t).StartNode(t.Context(), "", port, sentinel, lines...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Remove(context.Background()) })
	addr, err := server.Addr()
	if err != nil {
		t.Fatal(err)
	}
	n := &node{Client: redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1, DialerRetries: 1}), server: server, addr: addr}
	t.Cleanup(func() { n.Close() })
	return n
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}

func (n *node) do(t *testing.T, command string) any {
	t.Helper()
	var args []any
	for word := range strings.FieldsSeq(command) {
		args = append(args, word)
	}
	answer, err := n.Do(t.Context(), args...).Result()
	if err != nil {
		t.Fatalf("%s: %s: %v", n.addr, command, err)
	}
	return answer
}

// eventually waits for something that servers do by themselves.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// replicates is the login of replicas, which a test may take from them.
const replicates = "replica-pw"

// cluster is three masters, and a replica of the first, which has the list "orders".
type cluster struct {
	masters [3]*node
	replica *node
	slot    int64
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{}
	start := func() *node {
		return startNode(t, false, "save \"\"", "cluster-enabled yes", "cluster-port "+freePort(t), "cluster-node-timeout 1000", "cluster-replica-validity-factor 0",
			"repl-diskless-sync-delay 0", "user replicates on >"+replicates+" ~* &* +@all", "masteruser replicates", "masterauth "+replicates)
	}
	for i := range c.masters {
		c.masters[i] = start()
	}
	c.replica = start()
	c.slot = c.replica.ClusterKeySlot(t.Context(), "orders").Val()
	all := append(c.masters[:], c.replica)
	for i, n := range all {
		n.id = n.do(t, "CLUSTER MYID").(string)
		if i < 3 {
			n.do(t, fmt.Sprintf("CLUSTER SET-CONFIG-EPOCH %d", i+1))
		}
	}
	c.masters[0].do(t, fmt.Sprintf("CLUSTER ADDSLOTS %d", c.slot))
	c.masters[1].do(t, fmt.Sprintf("CLUSTER ADDSLOTSRANGE 0 %d", c.slot-1))
	c.masters[2].do(t, fmt.Sprintf("CLUSTER ADDSLOTSRANGE %d 16383", c.slot+1))
	for _, n := range all[1:] {
		host, port, _ := net.SplitHostPort(n.addr)
		bus := n.ConfigGet(t.Context(), "cluster-port").Val()["cluster-port"]
		c.masters[0].do(t, "CLUSTER MEET "+host+" "+port+" "+bus)
	}
	known := func(n *node) bool {
		info := n.ClusterInfo(t.Context()).Val()
		return strings.Contains(info, "cluster_known_nodes:4") && strings.Contains(info, "cluster_state:ok")
	}
	eventually(t, "the nodes know each other", func() bool { return !slices.ContainsFunc(all, func(n *node) bool { return !known(n) }) })
	c.patience(t, "600000") // a node that is only slow is not voted out
	c.replica.do(t, "CLUSTER REPLICATE "+c.masters[0].id)
	eventually(t, "the replica has its master's data", func() bool { return c.replica.follows(t) })
	eventually(t, "all nodes know of the replica", func() bool {
		return !slices.ContainsFunc(all, func(n *node) bool {
			return !strings.Contains(n.ClusterNodes(t.Context()).Val(), "slave "+c.masters[0].id)
		})
	})
	return c
}

func (c *cluster) patience(t *testing.T, ms string) {
	t.Helper()
	for _, n := range append(c.masters[:], c.replica) {
		n.do(t, "CONFIG SET cluster-node-timeout "+ms)
	}
}

// dies kills a node that the others soon miss.
func (c *cluster) dies(t *testing.T, n *node) {
	t.Helper()
	c.patience(t, "1000")
	n.kill(t)
}

// follows tells whether a replica is in contact with its master.
func (n *node) follows(t *testing.T) bool {
	return strings.Contains(n.Info(t.Context(), "replication").Val(), "master_link_status:up")
}

// leads tells whether a replica was made the master.
func (n *node) leads(t *testing.T) bool {
	return strings.Contains(n.Info(t.Context(), "replication").Val(), "role:master")
}

func (n *node) kill(t *testing.T) {
	t.Helper()
	if _, err := n.server.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (n *node) start(t *testing.T) {
	t.Helper()
	if _, err := n.server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// into makes a node the target of a test, which is given another address of it.
func (n *node) into(d *dbs, url string) { d.redis, d.redisURL = n.Client, url }
