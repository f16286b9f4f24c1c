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
//	small, err := shrink.Shrink(scene, found.Run)  // few events, verified
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
// What the real clients carry out themselves is bounded by them. Of a schedule
// with two fresh go-redis clients, about half of the processor's time goes to
// go-redis and the strategy, which open two connections for each client and
// greet on both; with MySQL, about three fifths go to go-redis, database/sql,
// go-sql-driver and the loader. If everything else took no time at all, there
// would be some two times as many schedules, and no more:
//
//	GOGC=400 go test -run xxx -bench 'Bare2x2|Loader2x2' -cpu 1 ./sim
//	GOGC=400 go test -run xxx -bench Loader2x2/set-nx -cpu 1 -cpuprofile cpu ./sim
//	go tool pprof -top -nodecount 100000 -nodefraction 0 \
//		-focus 'go-redis|redislock|database/sql|go-sql-driver|onceover/loader' \
//		-ignore 'onceover/sim\.\(\*(conn|world|clientRunner)\)' sim.test cpu
//
// # Limits
//
// A reply that concerns only its own worker is delivered with its execution.
// Handshakes are done at once, as are reads of a MySQL table that nobody
// writes, unless the budget names MySQL, and what a program does while it is
// Preparing, unless the set-up is Cold. A pause within a client, such as before
// a retry, is over at once as far as the others are concerned. While a request
// is pending time stands still, unless the budget has Advances. Connections are
// cut with both ends at once: half-open ones are GiveUps. The clients cannot
// look at an idle connection of this kind without reading from it, so a dead
// one is found when it is used. There is one Redis and one MySQL, without
// replicas. The clocks of servers and workers are the same.
//
// What the models do not know is an error, [ErrModel]: such a run proves
// nothing.
package sim
