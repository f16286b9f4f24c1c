// Package sim is the simulated world: workers with their real, unmodified
// clients, models of Redis and MySQL, a clock of its own, and a scheduler that
// decides what happens next. One sequence of decisions gives one schedule,
// always.
//
// A worker is a [Program]. It dials connections that lead nowhere but here;
// every complete request becomes a pending operation ([Op]) and waits until a
// [Chooser] lets it happen. What goes wrong is a choice like any other, within
// a [faults.Budget]: a connection cut before or after the request was executed, half a
// reply, a worker that dies and may come back, time that passes while somebody
// is not scheduled, a server that crashes. After every event the list is
// compared with the table.
//
// A scene is prepared once, and schedules are carried out in it:
//
//	scene, err := sim.Prepare(sim.Setup{
//		Name: "connection-name", Program: sim.Loader(lock.ConnectionName),
//		Workers: 2, Chunks: 2, Budget: faults.Budget{faults.Crash: 1},
//	})
//	result, err := search.Explore(scene, search.Options{Want: []reports.Verdict{reports.Lost}})
//	found, ok := result.Of(reports.Lost)
//	small, err := shrink.Shrink(ctx, scene, found.Run)  // few events, verified
//	draw.Terminal(os.Stdout, draw.Of(small), draw.Options{})
//	err = small.Log.Write(file)                    // and, another day:
//	log, err := sim.ReadLog(file)                  // find log.Setup.Program by log.Setup.Name
//	run, err := scene.Replay(log, true)            // the very same, or ErrDiverged
//
// # How it is fast
//
// A worker is a function of the results of what it calls. [Cache] remembers
// what the real clients did after each history of results, and plays it back;
// only when a worker meets something new is the schedule carried out by the
// real clients. Every now and then a remembered schedule is carried out by them
// as well, and compared step by step: [ErrNondeterministic] names the first
// step that is not the same.
//
// The real clients bound what is left: about half of the processor's time of
// such a schedule is theirs, so it cannot become more than twice as fast
// (go test -run xxx -bench 'Bare2x2|Loader2x2' -cpu 1 ./sim).
//
// # Limits
//
// A reply concerns only its own worker, so it is delivered with its execution.
// Handshakes are no choices, and a transaction that is sent at once is queued at once:
// nobody sees a connection in CLIENT LIST half opened or half through a MULTI. Nor are
// choices reads of a MySQL table that nobody writes, unless the budget names MySQL or a
// fault that breaks connections on which nothing is under way, nor what a program does
// while it is Preparing, unless the set-up is Cold. A pause within a client, such as
// before a retry, is over at once for the others. Time stands still while a request is
// pending, unless the budget has a pause. A connection is cut at both ends at once;
// only a late-request leaves one half-open. The clients cannot look at an idle
// connection without reading from it, so they find a dead one when they use it. SCAN
// looks at no key in its first round and at one in each other, whatever its COUNT: what
// is few here is many in earnest. There is one Redis and one MySQL, and as many
// lock servers as the set-up says. A replica of Redis is what a failover goes back to, and nobody
// asks it: WAIT says that none follows. It stops before any write, and takes the place of Redis
// after any later one; one that has everything is not tried (redis-kill with all on disk is
// like it), nor are an old and a new Redis at the same time (split brain). A worker asks lock servers one after the
// other, also if its client would ask all at once. Faults that name Redis itself strike
// that of the data (redis-kill, kill-client, refuse, deny); a lock that is lost is lost
// on a quorum of the lock servers. Servers and workers share one clock, unless that of a
// Redis jumps ahead (redis-clock), which it does by so much that all its leases have run
// out. Anything that the models do not know is an error, [ErrModel]: such a run proves nothing. So
// are more than 32 MiB that a client has sent on a connection and that are not executed
// yet, and more than 256 MiB of data in Redis.
package sim
