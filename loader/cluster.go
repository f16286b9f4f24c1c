package loader

import (
	"context"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// nodeWait is how long a node is waited for that is asked where the list is.
const nodeWait = time.Second

// Those who can name a node, as errors call them.
const (
	theUser      = "the user"
	theCluster   = "the cluster"
	theSentinels = "Sentinel"
)

// node opens a client of one node, which may not have the list.
func (t *Target) node(addr string) *redis.Client {
	o := t.settings()
	o.Dialer = t.connector(o)
	o.Network, o.Addr = "tcp", addr
	o.MaxRetries, o.DialerRetries, o.PoolSize = -1, 1, 1
	return redis.NewClient(o)
}

// settle finds the node that has the list, and what other nodes the cluster has, if it is
// one: when the node fails there is nobody else to ask.
func (t *Target) settle(ctx context.Context, client *redis.Client, keys lock.Keys) error {
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return redisProblem(err)
	}
	mode := infoField(info, "redis_mode") + infoField(info, "server_mode") // Valkey's name of it
	switch {
	case strings.HasPrefix(mode, "sentinel"):
		return &Error{Problem: BadJob, What: "this is a Redis Sentinel, and no Redis",
			Try: "redis://host:26379?master_name=NAME, with a name of which SENTINEL MASTERS tells"}
	case !strings.HasPrefix(mode, "cluster") && len(t.given) > 0:
		return &Error{Problem: BadJob, What: "addr= names more nodes of a cluster, and this Redis is not in one",
			Try: "one address; or master_name=NAME, if these are Sentinels"}
	case !strings.HasPrefix(mode, "cluster"):
		return nil
	}
	if !keys.ShareSlot() {
		return noSlot(keys, nil)
	}
	t.mu.Lock()
	t.key = keys.List
	t.nodes = append([]string{t.Options.Addr}, t.given...)
	t.mu.Unlock()
	if err := client.Type(ctx, keys.List).Err(); err != nil {
		return redisProblem(err)
	}
	slots, err := nodesOf(ctx, client)
	if refusedRight(err) {
		return &Error{Problem: AccessDenied, What: "Redis does not let this user ask which nodes the cluster has", Err: err,
			Try: "ACL SETUSER user +cluster|slots"}
	}
	if err != nil {
		return redisProblem(err)
	}
	t.learn(slots)
	return nil
}

// nodesOf asks a node which nodes its cluster has.
func nodesOf(ctx context.Context, client *redis.Client) ([]redis.ClusterSlot, error) {
	//lint:ignore SA1019 CLUSTER SHARDS is of Redis 7, and 6.2 is good enough for a load
	return client.ClusterSlots(ctx).Result()
}

// learn notes all nodes of a cluster.
func (t *Target) learn(slots []redis.ClusterSlot) {
	for _, slot := range slots {
		for _, node := range slot.Nodes {
			addr := t.resolved(node.Addr)
			t.mu.Lock()
			if !slices.Contains(t.nodes, addr) {
				t.nodes = append(t.nodes, addr)
			}
			t.mu.Unlock()
		}
	}
}

// follow goes on to the node that MOVED names, and asks it for its like: it may be new.
func (t *Target) follow(ctx context.Context, addr string) {
	t.mu.Lock()
	before := t.life.Load()
	t.mu.Unlock()
	t.move(t.resolved(addr), theCluster)
	t.mu.Lock()
	learns := t.key != "" && t.life.Load() != before
	at := t.at
	t.mu.Unlock()
	if !learns {
		return
	}
	ctx, stop := context.WithTimeout(ctx, nodeWait)
	defer stop()
	client := t.node(at)
	defer client.Close()
	if slots, err := nodesOf(ctx, client); err == nil {
		t.learn(slots) // otherwise those that are known have to do
	}
}

// elect asks all nodes of a cluster whose the list is, and goes by the most: one that is
// cut off from the others may not know of a failover. The lost node wins no draw.
func (t *Target) elect(ctx context.Context) {
	t.mu.Lock()
	nodes, at := slices.Clone(t.nodes), t.at
	lost := t.lost
	t.mu.Unlock()
	if !slices.Contains(nodes, at) {
		nodes = append(nodes, at)
	}
	votes := t.poll(ctx, nodes)
	best := at
	for _, addr := range slices.Sorted(maps.Keys(votes)) {
		draw := lost && best == at && votes[addr] == votes[at]
		if votes[addr] > votes[best] || draw {
			best = addr
		}
	}
	t.move(best, theCluster)
}

// poll counts which node is said to have the list.
func (t *Target) poll(ctx context.Context, nodes []string) map[string]int {
	ctx, stop := context.WithTimeout(ctx, nodeWait)
	defer stop()
	var mu sync.Mutex
	votes := map[string]int{}
	var asking sync.WaitGroup
	for _, addr := range nodes {
		asking.Go(func() {
			client := t.node(addr)
			defer client.Close()
			owner, says := ownerOf(addr, client.Type(ctx, t.listKey()).Err())
			if says {
				mu.Lock()
				defer mu.Unlock()
				votes[owner]++
			}
		})
	}
	asking.Wait()
	return votes
}

func (t *Target) listKey() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.key
}

// ownerOf is who has a key, by what a node answers to a question for it. One that is down
// or loading says nothing.
func ownerOf(asked string, err error) (owner string, says bool) {
	switch to := redirected(err); {
	case to.moved:
		return beside(asked, to.addr), true
	case err == nil, to.ask:
		return asked, true
	}
	return "", false
}

// beside is an address as a node names it, which leaves out a host that it does not know:
// its own.
func beside(node, addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || host != "" && host != "?" {
		return addr
	}
	if host, _, err = net.SplitHostPort(node); err != nil {
		return addr
	}
	return net.JoinHostPort(host, port)
}
