package live

import (
	"context"
	"sync/atomic"

	"onceover/reports"
	"onceover/scenarios/servers"
)

// lockMeter tells what one lock server does for the workers of a run.
type lockMeter struct {
	meter
	server *servers.Server
	beats  atomic.Int64 // of the vigil
}

// startLockMeters takes the first reading of each lock server.
func (r *run) startLockMeters(ctx context.Context) error {
	for _, m := range r.lockMeters {
		client, err := adminOf(ctx, m.server)
		if err != nil {
			return err
		}
		m.begin(ctx, client)
		client.Close()
	}
	return nil
}

// addLocks adds to the cost what the lock servers did: the locks of other strategies are
// paid for at the Redis of the data, and counted there. Without all of it there is no sum.
func (r *run) addLocks(ctx context.Context, cost *reports.Cost) (missing string) {
	for _, m := range r.lockMeters {
		if cost.RedisCommands == nil {
			return ""
		}
		client, err := adminOf(ctx, m.server)
		if err != nil {
			m.why = err.Error()
		} else {
			defer client.Close()
		}
		m.followed = r.meter.followed
		m.asked("info", m.beats.Load())
		var own reports.Cost
		if why := m.read(ctx, client, &own); own.RedisCommands == nil {
			cost.RedisCommands, cost.RedisCPUMS = nil, nil
			return m.server.Name() + ": " + why
		}
		*cost.RedisCommands += *own.RedisCommands
		switch {
		case cost.RedisCPUMS != nil && own.RedisCPUMS != nil:
			*cost.RedisCPUMS += *own.RedisCPUMS
		default:
			cost.RedisCPUMS = nil
		}
	}
	return ""
}

// askedLocks says that the harness looked for a lock on all lock servers, and deleted it on
// those of these names.
func (in *injections) askedLocks(deleted []string) {
	for _, m := range in.lockMeters {
		m.asked("exists", 1)
		for _, name := range deleted {
			if name == m.server.Name() {
				m.asked("del", 1)
			}
		}
	}
}
