package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
	"onceover/reports/format"
	"onceover/scenarios"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/images"
)

// locksFor is how many lock servers an execution needs.
func (o Options) locksFor(e scenarios.Execution) int {
	if o.Worker != nil {
		return o.Locks
	}
	strategy, _ := lock.Find(e.Strategy)
	return strategy.Locks
}

// lockServers are the first n lock servers, empty. They are started when an execution
// needs them for the first time, in containers also where the other servers are the user's.
func (w *World) lockServers(ctx context.Context, n int) ([]*servers.Server, error) {
	if missing := n - len(w.locks); missing > 0 {
		if err := w.startLocks(ctx, missing); err != nil {
			return nil, err
		}
	}
	for _, server := range w.locks[:n] {
		client, err := adminOf(ctx, server)
		if err != nil {
			return nil, err
		}
		err = client.FlushAll(ctx).Err()
		client.Close()
		if err != nil {
			return nil, fmt.Errorf("empty %s before the run: %w", server.Name(), err)
		}
	}
	return w.locks[:n], nil
}

func (w *World) startLocks(ctx context.Context, missing int) error {
	if w.engine == nil || w.options.Redis != nil { // nobody has looked for the image yet
		if err := w.dialForLocks(ctx); err != nil {
			return err
		}
	}
	w.options.Progress("starting %s", format.Plural(missing, "lock server", "lock servers"))
	started, errs := make([]*servers.Server, missing), make([]error, missing)
	var starting sync.WaitGroup
	for i := range missing {
		starting.Go(func() {
			started[i], errs[i] = w.engine.StartLockServer(ctx, w.options.RedisImage, len(w.locks)+i+1)
		})
	}
	starting.Wait()
	for i, server := range started {
		if errs[i] == nil {
			w.locks = append(w.locks, server)
		}
	}
	return errors.Join(errs...)
}

func (w *World) dialForLocks(ctx context.Context) (err error) {
	if w.engine == nil {
		if w.engine, err = servers.Dial(ctx, w.options.Progress); err != nil {
			return fmt.Errorf("the lock servers are started in containers: %w", err)
		}
		w.ownsEngine = true
	}
	return w.engine.Images(ctx, map[images.Kind]string{images.Redis: w.options.RedisImage})
}

// adminOf opens a client of the harness's own of a lock server, straight to it.
func adminOf(ctx context.Context, server *servers.Server) (*redis.Client, error) {
	addr, err := server.Addr()
	if err != nil {
		return nil, err
	}
	return servers.CloseWith(ctx, servers.OpenRedis(&redis.Options{Addr: addr})), nil
}

// lockURLs tells a worker where its lock servers are: behind its own proxies.
func (p proxies) lockURLs() string {
	var all []string
	for _, one := range p.locks {
		all = append(all, "redis://"+one.Addr()+"/0")
	}
	return strings.Join(all, ",")
}

// watchLocks looks at the lock servers.
func (r *run) watchLocks() (all []*watched) {
	for _, server := range r.locks {
		m := &lockMeter{server: server}
		r.lockMeters = append(r.lockMeters, m)
		all = append(all, &watched{Server: server, ask: func(ctx context.Context) (pulse, error) {
			client, err := adminOf(ctx, server)
			if err != nil {
				return pulse{}, err
			}
			defer client.Close()
			m.beats.Add(1)
			info, err := client.Info(ctx, "server", "stats", "errorstats").Result()
			return redisPulse(info), err
		}})
	}
	return all
}

// loseLock has the lock servers lose a lock, as few of them as it takes for it to be free:
// to lose it on one alone is what a quorum is there for. It returns the names of those that
// had it; where they are fewer than needed, none has lost it.
func (in *injections) loseLock(key string) (had []string, needed int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), signalWait)
	defer cancel()
	needed = len(in.locks)/2 + 1
	var holders []*redis.Client
	for _, server := range in.locks {
		client, err := adminOf(ctx, server.Server)
		if err != nil {
			return nil, needed, err
		}
		defer client.Close()
		n, err := client.Exists(ctx, key).Result()
		if err != nil {
			return nil, needed, err
		}
		if n > 0 && len(had) < needed {
			had, holders = append(had, server.Name()), append(holders, client)
		}
	}
	if len(had) < needed {
		return had, needed, nil
	}
	for i, client := range holders {
		n, err := client.Del(ctx, key).Result()
		if err != nil {
			return had, needed, err
		}
		if n == 0 {
			return had[:i], needed, nil // it ran out meanwhile
		}
	}
	return had, needed, nil
}
