package live

import (
	"context"
	"strings"
	"time"

	"onceover/faults"
	"onceover/reports"
)

// serverWait is the time that a server takes at most to end, or to start.
const serverWait = 2 * time.Minute

var (
	_ = register(faults.RedisKill, serverKill{server: toRedis})
	_ = register(faults.MySQLKill, serverKill{server: toMySQL})
)

// serverKill ends a server, redis or mysql.
type serverKill struct {
	offWire
	server string
	power  bool // the machine beneath it loses power
}

func (k serverKill) Unable(o Options) string {
	switch {
	case k.server == toRedis && o.Redis != nil:
		return "the Redis server was not started here, so it is not killed"
	case k.server == toMySQL && o.MySQL != nil:
		return "the MySQL server was not started here, so it is not killed"
	}
	return ""
}

// staleLeases is for how many leases a request to the other server is kept back
// after the dead one is there again.
const staleLeases = 2

// Inject ends the server and starts it again, when it is there to be ended. The
// worker that stands at the position goes on when the server is gone. Only a
// request to the other server is kept until others can have taken what the dead
// one has forgotten, such as a lock: it is what a slow worker still sends.
func (k serverKill) Inject(i *injection) {
	server, lost := i.redis, loss{commits: i.persistence.Forgets(i.Kind)}
	if k.server == toMySQL {
		server, lost = i.mysql, loss{reads: true}
	}
	if server.isAway() {
		i.after(look, func() { k.Inject(i) })
		return
	}
	server.away()
	end, missed := i.kill, ""
	switch {
	case k.power && i.persistence == faults.EverySec:
		end = losePower(i.synced, i.ofTheJob, &missed)
	case k.power && !i.persistence.Forgets(faults.RedisPower):
		missed = "Redis had synced all that the job wrote, before each of its replies"
	}
	i.attempt(func() (string, error) { return end(server) }, func(evidence string) {
		if !i.outlives(k.server) {
			i.goOn()
		}
		if missed != "" {
			i.noEffect(missed + ": " + evidence)
		} else {
			i.seen(evidence)
		}
		i.noteServer(server, reports.ServerGone, evidence)
		i.recovery.serverGone(i.pendingFault, lost, i.at())
		i.after(i.For, func() { startServer(i, server) })
	})
}

// outlives tells whether the request that is kept back goes to another server than the one
// that dies.
func (i *injection) outlives(dead string) bool { return i.keeps && i.aimedAt() != dead }

// kill ends a server.
func (i *injection) kill(server *watched) (evidence string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), serverWait)
	defer cancel()
	if evidence, err = server.Kill(ctx); err != nil {
		server.back()
	}
	return evidence, err
}

func startServer(i *injection, server *watched) {
	follows := server == i.redis && i.follows(i.pendingFault)
	replicated := server == i.redis && i.replica != nil && !i.replica.busy()
	i.later(func() func() {
		ctx, cancel := context.WithTimeout(context.Background(), serverWait)
		defer cancel()
		evidence, err := server.Start(ctx)
		var synced *synced
		if err == nil && follows {
			synced, err = i.followSyncs(ctx)
		}
		if err == nil && replicated {
			err = i.replica.follow(ctx) // it may be somewhere else now
		}
		return func() {
			if err != nil {
				i.failure = err // nothing can be checked without it
				return
			}
			if follows {
				i.synced.stop() // of the life before
				i.synced = synced
			}
			server.back()
			i.noteServer(server, reports.ServerBack, evidence)
			i.healStale(evidence)
		}
	})
}

// healStale heals the fault when the request that is kept back, if there is one, has become
// what a slow worker still sends.
func (i *injection) healStale(evidence string) {
	if !i.keeps {
		i.heal(evidence)
		return
	}
	i.after(staleLeases*i.ttl, func() {
		i.goOn()
		i.heal(evidence)
	})
}

func (r *recorder) noteServer(server *watched, change reports.Change, text string) {
	r.note(reports.Event{Kind: reports.EventServer, Worker: -1, Chunk: -1, Server: strings.ToLower(server.Name()), Change: change, Text: text})
}
