package live

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"onceover/faults"
	"onceover/reports/format"
	"onceover/scenarios/servers"
)

// Worlds are open at the same time, each on servers of its own. Whatever a run does to
// servers and processes, it does to those of its world.
type Worlds []*World

// Open makes a world ready. Close must be called whether or not it succeeds.
func Open(ctx context.Context, options Options, persistences ...faults.Persistence) (*World, error) {
	all, err := OpenAll(ctx, 1, options, persistences...)
	return all[0], err
}

// OpenAll makes n worlds ready, at least one. More than one need options that name no
// server. Close must be called whether or not it succeeds.
func OpenAll(ctx context.Context, n int, options Options, persistences ...faults.Persistence) (Worlds, error) {
	if options.Progress == nil {
		options.Progress = func(string, ...any) {}
	}
	all := make(Worlds, n)
	for i := range all {
		all[i] = &World{
			options: options,
			name:    "onceover_" + strings.ToLower(rand.Text()[:8]),
			redises: map[faults.Persistence]*servers.Server{},
			tables:  map[string]madeTable{},
			rows:    map[string][]int64{},
		}
	}
	return all, all.open(ctx, options, persistences)
}

func (all Worlds) open(ctx context.Context, options Options, persistences []faults.Persistence) error {
	first := all[0]
	if err := first.sweepProcesses(); err != nil {
		return err
	}
	if err := first.askRights(ctx); err != nil {
		return err
	}
	if options.Redis == nil || options.MySQL == nil {
		engine, err := servers.Dial(ctx, options.Progress)
		if err != nil {
			return err
		}
		for _, w := range all {
			w.engine = engine
		}
		if err := engine.Images(ctx, options.images()); err != nil {
			return err
		}
		options.Progress("starting Redis and MySQL%s (usually 5 s)", forSo(len(all)))
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, w := range all {
		group.Go(func() error { return w.start(ctx, persistences) })
	}
	return group.Wait()
}

// forSo says for how many runs at a time servers are started, if not for one.
func forSo(many int) string {
	if many == 1 {
		return ""
	}
	return " for " + format.Plural(many, "run", "runs") + " at a time"
}

func (w *World) start(ctx context.Context, persistences []faults.Persistence) error {
	if err := w.startAll(ctx, persistences); err != nil {
		return err
	}
	if err := w.connect(ctx); err != nil {
		return err
	}
	return w.sweep(ctx)
}

// Close drops the tables and removes the containers. It may be called twice.
func (w *World) Close(ctx context.Context) error { return Worlds{w}.Close(ctx) }

// Close closes all worlds, side by side. It may be called twice.
func (all Worlds) Close(ctx context.Context) error {
	errs := make([]error, len(all))
	var closing sync.WaitGroup
	for i, w := range all {
		closing.Go(func() { errs[i] = w.removeAll(ctx) })
	}
	closing.Wait()
	if engine := all[0].engine; engine != nil { // the same for all; its keeper speaks for the containers
		errs = append(errs, engine.Close(ctx))
	}
	return errors.Join(errs...)
}

// removeAll removes what the world has made and started.
func (w *World) removeAll(ctx context.Context) error {
	var errs []error
	if w.db != nil {
		if w.options.MySQL != nil && len(w.tables) > 0 { // nothing is made before a table is
			errs = append(errs, w.dropTables(ctx))
		}
		errs = append(errs, w.db.Close())
		w.db = nil
	}
	if w.entered {
		errs = append(errs, w.leave(ctx))
		w.entered = false
	}
	for _, server := range w.replicas { // first: they look for the others
		errs = append(errs, server.Remove(ctx))
	}
	for _, server := range w.redises {
		errs = append(errs, server.Remove(ctx))
	}
	if w.mysql != nil {
		errs = append(errs, w.mysql.Remove(ctx))
	}
	for _, server := range w.locks {
		errs = append(errs, server.Remove(ctx))
	}
	w.redises, w.replicas, w.locks, w.mysql = nil, nil, nil, nil
	if w.ownsEngine {
		errs = append(errs, w.engine.Close(ctx))
		w.engine, w.ownsEngine = nil, false
	}
	return errors.Join(errs...)
}
