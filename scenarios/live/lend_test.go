package live

import (
	"context"
	"crypto/rand"
	"strings"

	"onceover/faults"
	"onceover/scenarios/servers"
)

// Lend returns another world on the servers of an open one, which are emptied before,
// so that nothing tells them from new ones but their age. Of the Redis servers it has
// those that are asked for. Two such worlds at a time would empty each other's servers.
func Lend(ctx context.Context, w *World, o Options, persistences ...faults.Persistence) (*World, error) {
	if o.Progress == nil {
		o.Progress = func(string, ...any) {}
	}
	lent := &World{
		options: o, name: "onceover_" + strings.ToLower(rand.Text()[:8]),
		engine: w.engine, mysql: w.mysql, mysqlCfg: w.mysqlCfg,
		redises: map[faults.Persistence]*servers.Server{},
		tables:  map[string]madeTable{},
		rows:    map[string][]int64{},
	}
	if w.db != nil { // it would not outlive a MySQL that dies
		w.db.Close()
		w.db = nil
	}
	for _, p := range persistences {
		lent.redises[p] = w.redises[p]
		if err := emptyRedis(ctx, w, p); err != nil {
			return nil, err
		}
	}
	if err := lent.dialMySQL(ctx); err != nil {
		return nil, err
	}
	for _, statement := range []string{"DROP DATABASE " + w.mysqlCfg.DBName, "CREATE DATABASE " + w.mysqlCfg.DBName} {
		if _, err := lent.db.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	return lent, lent.connect(ctx)
}

// emptyRedis takes all keys and scripts out of a Redis, and ends what connections are left
// of workers that were killed: one may have a request under way.
func emptyRedis(ctx context.Context, w *World, p faults.Persistence) error {
	client, err := w.admin(ctx, w.redises[p])
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.ClientKillByFilter(ctx, "SKIPME", "yes").Err(); err != nil {
		return err
	}
	if err := client.FlushAll(ctx).Err(); err != nil {
		return err
	}
	return client.ScriptFlush(ctx).Err()
}

// GiveBack closes a lent world. The servers go on.
func (w *World) GiveBack(ctx context.Context) error {
	w.engine, w.mysql, w.redises = nil, nil, nil
	return w.Close(ctx)
}
