// Package lockstep explores programs of any language on real servers: each request of each
// worker waits at its proxy until a chooser lets it through, one at a time. A fault is a
// choice as well. A schedule is the order of these choices; it can be repeated to
// the letter, and a schedule that breaks the promise is made small.
//
// A chooser decides once each living process either sleeps, or has a request pending and no
// thread that runs. Some requests are noticed by nobody else, and are passed on at once: greetings,
// logins, settings of the connection, and what stands between MULTI and EXEC, which is one
// choice.
//
//	w, err := lockstep.Open(ctx, lockstep.Options{Command: []string{"python3", "loader.py"}})
//	defer w.Close(ctx)
//	out, err := w.Explore(ctx, lockstep.Search{Seed: 7, Budget: faults.Budget{faults.Kill: 1}, Limit: time.Minute})
//	if found := out.Of(reports.Lost); found != nil {
//		err = w.Shrink(ctx, found, 0)    // few events, verified
//		err = found.Log.Write(file)      // and, another day:
//		log, err := lockstep.ReadLog(file)
//		result, err := w.Replay(ctx, log) // the very same, or Diverged
//	}
//
// # Limits
//
// Time is real: a lease runs out by the clock. A worker that sleeps is waited for where nobody
// else has a request pending; in half of the schedules that are drawn also before each other
// step, for a tenth of a second at most. Which threads run is known on Linux only. A pause
// keeps back all requests until the keys of Redis have run out that are about to: that
// outlasts leases of up to [MostLease], and none that is kept in MySQL. A search draws
// schedules and is never complete: nothing found is a bound. Runs that needed a time-out, or
// whose pause met no lease, are weak, and said to be. A request that waits in its server (for
// a row that is locked, for an element of a list) is told by the clock alone. Connections of a
// program to other addresses than those that it was given are not seen. Subscriptions pass at
// once.
package lockstep
