package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/servers"
	"onceover/scenarios/worker"
)

// ErrSetup says that the command failed that was to make a run ready: nothing was tried.
var ErrSetup = errors.New("live: the set-up of the run failed")

// errTearDown says that the command failed that was to follow a run.
var errTearDown = errors.New("its tear-down failed")

const (
	// aroundLimit is how long a set-up or a tear-down may take.
	aroundLimit = time.Minute
	// hastyLimit is how long the tear-down of an interrupted run may take.
	hastyLimit = 10 * time.Second
)

// around is a command of the user's that runs once before the workers of a run, or once
// after them.
type around struct {
	name    string // of its log
	limit   time.Duration
	command worker.Command
	failed  error // what its failure is
}

// setUp makes a run ready, before anything is measured and before a worker starts.
func (r *run) setUp(ctx context.Context) error {
	if len(r.world.options.TearDown) > 0 {
		r.tearsDown = true // also after half a set-up
	}
	return r.runAround(ctx, around{"setup.log", aroundLimit, r.world.options.SetUp, ErrSetup})
}

// tearDown undoes that, once: as soon as the list has been read, or when the run is given up.
func (r *run) tearDown(ctx context.Context) error {
	if !r.tearsDown {
		return nil
	}
	r.tearsDown = false
	limit := aroundLimit
	if ctx.Err() != nil {
		limit = hastyLimit
		defer r.world.sayWait("--teardown", limit, "undo what --setup did")()
	}
	return r.runAround(context.WithoutCancel(ctx), around{"teardown.log", limit, r.world.options.TearDown, errTearDown})
}

func (r *run) runAround(ctx context.Context, a around) (err error) {
	if len(a.command) == 0 {
		return nil
	}
	told, err := r.straight()
	if err != nil {
		return err
	}
	log, err := openLog(filepath.Join(r.e.Folder, a.name), r.world.secrets())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.close()) }()
	env := slices.DeleteFunc(told.Env(), func(v string) bool { return strings.HasPrefix(v, worker.NumberVariable+"=") })
	text, err := a.carryOut(ctx, command{argv: a.command.With(told), env: append(os.Environ(), env...), log: log.output})
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", a.failed, err)
	case text != "":
		return fmt.Errorf("%w: %s: %q", a.failed, text, cmp.Or(shorten(log.lastLine()), "nothing was written"))
	}
	return nil
}

// carryOut runs the command to its end, and says how it ended if not well. Whatever it
// started ends with it, as with a worker.
func (a around) carryOut(ctx context.Context, c command) (text string, err error) {
	type end struct {
		state *os.ProcessState
		err   error
	}
	ended := make(chan end, 1)
	c.exited = func(state *os.ProcessState, err error) { ended <- end{state, err} }
	p, err := launch(c)
	if err != nil {
		return "", err
	}
	limit := time.NewTimer(a.limit)
	defer limit.Stop()
	var e end
	select {
	case e = <-ended:
	case <-limit.C:
		text = fmt.Sprintf("it was ended after %s", a.limit)
	case <-ctx.Done():
		err = ctx.Err()
	}
	if text != "" || err != nil {
		_ = p.signal(syscall.SIGKILL) // it may just have ended
		<-ended
		return text, err
	}
	change, said := ending(e.state)
	if e.err != nil || change != reports.WorkerDone {
		return said, e.err
	}
	return "", nil
}

// straight is what set-up and tear-down are told: as a worker is, but of the servers
// themselves. No fault strikes them.
func (r *run) straight() (worker.Contract, error) {
	at := func(s *servers.Server, failures *[]error) string {
		addr, err := s.Addr()
		*failures = append(*failures, err)
		return addr
	}
	var failures []error
	c := r.contractOf(at(r.redis, &failures), at(r.world.mysql, &failures))
	var locks []string
	for _, server := range r.locks {
		locks = append(locks, "redis://"+at(server, &failures)+"/0")
	}
	c.LockURLs = strings.Join(locks, ",")
	return c, errors.Join(failures...)
}

// contractOf tells of servers at these addresses.
func (r *run) contractOf(redis, mysql string) worker.Contract {
	host, port, _ := net.SplitHostPort(mysql)
	portNumber, _ := strconv.Atoi(port)
	cfg := r.world.mysqlCfg
	return worker.Contract{
		RedisURL: r.world.redisURL(redis),
		MySQL:    worker.MySQL{Host: host, Port: portNumber, User: cfg.User, Password: cfg.Passwd, Database: cfg.DBName},
		Table:    r.table, List: r.name, ChunkSize: r.e.Workload.ChunkSize, Chunks: r.plan.Chunks(),
		Workers: r.e.Workload.Workers, Run: r.name,
	}
}

// unprepared turns the failure of a set-up into a run without a verdict. When it fails
// again and again, that ends the campaign.
func (w *World) unprepared(failure error) (reports.Run, error) {
	if w.disturbances++; w.disturbances >= disturbedInARow {
		return reports.Run{}, fmt.Errorf("%d runs in a row came to nothing: %w", w.disturbances, failure)
	}
	return reports.Run{
		Verdict: reports.Inconclusive, Unplanned: []string{"the set-up of the run failed"}, Why: format.OneLine(failure),
	}, nil
}

// untidied makes a safe run inconclusive, since it did not end as it has to. A bad verdict
// stays.
func untidied(out reports.Run, failure error) reports.Run {
	if failure == nil {
		return out
	}
	if out.Verdict == reports.Safe {
		out.Verdict, out.RowsPerSec = reports.Inconclusive, 0
		out.Unplanned = append(out.Unplanned, "the tear-down of the run failed")
	}
	out.Why = fmt.Sprintf("%s; and %s", out.Why, format.OneLine(failure))
	return out
}
