package sim

import (
	"context"
	"net"
	"slices"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
)

// turns let a client that asks several lock servers at the same time ask one after the
// other, the first server first: goroutines that are ready at the same moment run in any
// order, and a worker has to be a function of the replies that it got. So no server is
// asked before the one that comes before it has answered, as the published algorithm has it.
type turns struct {
	taken   bool
	of      Server   // that is asked
	waiting []Server // whose turn has not come
}

// turn waits for the turn of a lock server; leave gives it on. The client's greeting of
// the server is part of the turn.
func (p *process) turn(server Server) (leave func()) {
	p.runner.mu.Lock()
	defer p.runner.mu.Unlock()
	t := &p.turns
	if p.gone || t.taken && t.of == server {
		return func() {}
	}
	t.waiting = append(t.waiting, server)
	for !p.gone && !(t.taken && t.of == server) {
		p.changed.Wait()
	}
	return func() {
		p.runner.mu.Lock()
		defer p.runner.mu.Unlock()
		t.taken = false
	}
}

// nextTurn lets the first of those go on that wait. It is called when nothing else of the
// worker runs, so that all are there who will come.
func (p *process) nextTurn() bool {
	t := &p.turns
	if t.taken || len(t.waiting) == 0 {
		return false
	}
	t.taken, t.of = true, slices.Min(t.waiting)
	i := slices.Index(t.waiting, t.of)
	t.waiting = slices.Delete(t.waiting, i, i+1)
	p.changed.Broadcast()
	return true
}

func (p *process) lockOptions() (all []*redis.Options) {
	for i := range p.runner.w.scene.Setup.Locks {
		all = append(all, p.redisOptions(LockServer(i)))
	}
	return all
}

// openLocks opens a client of each lock server; close ends them all.
func (e Env) openLocks(strategy lock.Strategy) (clients []*redis.Client, close func()) {
	for i, options := range e.Locks {
		client := loader.OpenRedis(options, strategy)
		client.AddHook(inTurn(func() (leave func()) { return e.turn(LockServer(i)) }))
		clients = append(clients, client)
	}
	return clients, func() {
		for _, client := range clients {
			client.Close()
		}
	}
}

// inTurn lets whatever a client asks of its server be its turn.
type inTurn func() (leave func())

func (t inTurn) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (t inTurn) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		defer t()()
		return next(ctx, cmd)
	}
}

func (t inTurn) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, commands []redis.Cmder) error {
		defer t()()
		return next(ctx, commands)
	}
}
