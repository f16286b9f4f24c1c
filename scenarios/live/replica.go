package live

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/scenarios/servers"
	"onceover/scenarios/worker"
)

// replica follows the Redis of a run. Whoever takes part in a failover, the server that
// dies and the one that takes its place, is asked straight, and not as a worker would.
type replica struct {
	server  *servers.Server
	primary *servers.Server
	lacks   *unreceived   // nil: it follows
	serves  *pendingFault // the last to make use of it
}

// busy tells whether a failover makes use of it.
func (r *replica) busy() bool { return r.serves != nil && !r.serves.settled }

// replicaFor gives the Redis of a run a replica if the plan asks for one. Where it does not,
// there is none: it would cost the Redis something.
func (w *World) replicaFor(ctx context.Context, plan faultPlan, primary *servers.Server, p faults.Persistence) (*replica, error) {
	server := w.replicas[p]
	switch needed := plan.failsOver(); {
	case !needed && server == nil:
		return nil, nil
	case !needed:
		delete(w.replicas, p)
		return nil, server.Remove(ctx)
	case server == nil:
		var err error
		if server, err = w.engine.StartReplica(ctx, w.options.RedisImage, string(p)); err != nil {
			return nil, err
		}
		if w.replicas == nil {
			w.replicas = map[faults.Persistence]*servers.Server{}
		}
		w.replicas[p] = server
	}
	if _, err := server.Recover(ctx); err != nil { // a run was given up while it was away
		return nil, err
	}
	return &replica{server: server, primary: primary}, nil
}

// failsOver tells whether the replica is to take the place of Redis.
func (p faultPlan) failsOver() bool {
	for _, f := range p {
		if f.Kind == faults.Failover {
			return true
		}
	}
	return false
}

// follow has the replica follow the primary, and returns when it has received all that the
// primary had written by then.
func (r *replica) follow(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, serverWait)
	defer cancel()
	host, port, err := r.primary.Inside(ctx)
	if err != nil {
		return err
	}
	primary, follower, done, err := r.clients(ctx)
	if err != nil {
		return err
	}
	defer done()
	// It would wait five seconds for others that want the same.
	if err := primary.ConfigSet(ctx, "repl-diskless-sync-delay", "0").Err(); err != nil {
		return err
	}
	if err := follower.Do(ctx, "replicaof", host, port).Err(); err != nil {
		return err
	}
	at, err := replication(ctx, primary)
	if err != nil {
		return err
	}
	for {
		is, err := replication(ctx, follower)
		switch {
		case err != nil:
			return err
		case is["master_link_status"] == "up" && offset(is, "slave_repl_offset") >= offset(at, "master_repl_offset"):
			return nil
		}
		if err := worker.Sleep(ctx, look); err != nil {
			return fmt.Errorf("the replica at %s:%s does not follow Redis: master_link_status is %s: %w", host, port, is["master_link_status"], err)
		}
	}
}

// part ends what the replica receives, once it has received everything so far: it is told to
// follow nobody who is there. That is what a cut link is to it. One that stands still would
// lose nothing, since the system goes on receiving for it. What the primary writes from
// then on is followed in the replica's place.
func (r *replica) part(ctx context.Context) error {
	if err := r.follow(ctx); err != nil {
		return err
	}
	primary, follower, done, err := r.clients(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := follower.Do(ctx, "replicaof", "127.0.0.1", "1").Err(); err != nil {
		return err
	}
	of, err := replication(ctx, primary)
	if err != nil {
		return err
	}
	is, err := replication(ctx, follower)
	if err != nil {
		return err
	}
	addr, err := r.primary.Addr()
	if err == nil {
		r.lacks, err = followUnreceived(addr, of["master_replid"], offset(is, "slave_repl_offset"))
	}
	return err
}

// takeOver makes a server of the replica and lets it take the place of the primary, which has
// ended. It returns what shows that it did.
func (r *replica) takeOver(ctx context.Context) (evidence string, err error) {
	client, err := adminOf(ctx, r.server)
	if err != nil {
		return "", err
	}
	defer client.Close()
	if err := client.Do(ctx, "replicaof", "no", "one").Err(); err != nil {
		return "", fmt.Errorf("let the replica take the place of Redis: %w", err)
	}
	is, err := replication(ctx, client)
	if err == nil && is["role"] != "master" {
		err = fmt.Errorf("the replica has taken the place of Redis, and its role is %s", is["role"])
	}
	if err != nil {
		return "", err
	}
	r.server.Swap(r.primary)
	return fmt.Sprintf("the replica answers in its place, from offset %s on", is["second_repl_offset"]), nil
}

// comeBack starts the server that died, empty, as a replica of the one that took its place.
func (r *replica) comeBack(ctx context.Context) (evidence string, err error) {
	if evidence, err = r.server.Start(ctx); err != nil {
		return "", err
	}
	return "the old primary follows it: " + evidence, r.follow(ctx)
}

// stop ends what follows the primary.
func (r *replica) stop() {
	if r != nil && r.lacks != nil {
		r.lacks.stop()
		r.lacks = nil
	}
}

// clients opens one of the harness's own of each server.
func (r *replica) clients(ctx context.Context) (primary, follower *redis.Client, done func(), err error) {
	if primary, err = adminOf(ctx, r.primary); err != nil {
		return nil, nil, nil, err
	}
	if follower, err = adminOf(ctx, r.server); err != nil {
		return nil, nil, nil, errors.Join(err, primary.Close())
	}
	return primary, follower, func() { primary.Close(); follower.Close() }, nil
}

// replication is what a server says of it: https://redis.io/docs/latest/commands/info/.
func replication(ctx context.Context, client *redis.Client) (map[string]string, error) {
	info, err := client.Info(ctx, "replication").Result()
	if err != nil {
		return nil, fmt.Errorf("ask Redis whom it follows: %w", err)
	}
	fields := map[string]string{}
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		fields[name] = value
	}
	return fields, nil
}

func offset(of map[string]string, field string) int64 {
	n, err := strconv.ParseInt(of[field], 10, 64)
	if err != nil {
		return -1
	}
	return n
}
