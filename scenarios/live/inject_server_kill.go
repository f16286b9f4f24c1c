package live

import (
	"context"
	"strings"
	"time"

	"onceover/reports"
	"onceover/scenarios/servers"
)

// serverWait is the time that a server takes at most to end, or to start.
const serverWait = 2 * time.Minute

type redisKill struct{ offWire }

func (redisKill) Unable(o Options) string {
	if o.Redis != nil {
		return "the Redis server was not started here, so it is not killed"
	}
	return ""
}

func (redisKill) Inject(i *injection) { killServer(i, i.redis, loss{commits: i.forgets}) }

type mysqlKill struct{ offWire }

func (mysqlKill) Unable(o Options) string {
	if o.MySQL != nil {
		return "the MySQL server was not started here, so it is not killed"
	}
	return ""
}

func (mysqlKill) Inject(i *injection) { killServer(i, i.mysql, loss{reads: true}) }

// killServer ends a server and starts it again. The worker that stands at the
// position goes on when the server is gone.
func killServer(i *injection, server *servers.Server, lost loss) {
	i.later(func() func() {
		ctx, cancel := context.WithTimeout(context.Background(), serverWait)
		defer cancel()
		evidence, err := server.Kill(ctx)
		return func() {
			i.goOn()
			if err != nil {
				i.abandon(err.Error())
				return
			}
			i.seen("", evidence)
			i.noteServer(server, reports.ServerGone, evidence)
			i.recovery.serverGone(i.pendingFault, lost, i.at())
			i.after(i.For, func() { startServer(i, server) })
		}
	})
}

func startServer(i *injection, server *servers.Server) {
	i.later(func() func() {
		ctx, cancel := context.WithTimeout(context.Background(), serverWait)
		defer cancel()
		evidence, err := server.Start(ctx)
		return func() {
			if err != nil {
				i.failure = err // nothing can be checked without it
				return
			}
			i.noteServer(server, reports.ServerBack, evidence)
			i.heal(evidence)
		}
	})
}

func (r *recorder) noteServer(server *servers.Server, change reports.Change, text string) {
	r.note(reports.Event{Kind: reports.EventServer, Worker: -1, Chunk: -1, Server: strings.ToLower(server.Name()), Change: change, Text: text})
}
