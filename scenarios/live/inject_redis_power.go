package live

import (
	"context"
	"errors"
	"time"

	"onceover/faults"
	"onceover/scenarios/worker"
)

var _ = register(faults.RedisPower, serverKill{server: toRedis, power: true})

// losePower ends Redis, and what it has not synced is gone. Where that is nothing of the
// job, missed says so: then there was no loss.
func losePower(synced *synced, ofTheJob func([]byte) bool, missed *string) func(*watched) (evidence string, err error) {
	return func(server *watched) (string, error) {
		ctx, cancel := context.WithTimeout(context.Background(), serverWait)
		defer cancel()
		if synced.stopped.Load() {
			server.back()
			return "", errors.New("since a loss of power that failed, nobody knows what Redis has synced")
		}
		defer synced.stop()
		if err := synced.awaitLoss(ctx, server, ofTheJob); err != nil {
			server.back()
			return "", err
		}
		evidence, lost, err := server.LosePower(ctx, synced.folder, synced.end)
		if err != nil {
			happened, again := server.Recover(ctx)
			if again == nil && happened == "" { // it has lived on, and does not sync
				again = synced.release()
			}
			server.back()
			return "", errors.Join(err, again)
		}
		if !ofTheJob(lost) {
			*missed = "Redis had synced all that the job wrote"
		}
		return evidence, nil
	}
}

// lossWait is how long a loss of power waits at most for something of the job to lose, while
// the worker that it struck stands still: long enough for others to connect and write again.
const lossWait = 5 * time.Second

// awaitLoss returns when Redis has written something of the job that is not on disk, or when
// nothing comes. From then on Redis does not sync: it might do so while it is being ended, and
// nothing would be lost. If awaitLoss fails, Redis syncs again.
func (s *synced) awaitLoss(ctx context.Context, server *watched, ofTheJob func([]byte) bool) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, s.release())
		}
	}()
	if err := s.hold(ctx); err != nil {
		return err
	}
	for until := time.Now().Add(lossWait); ; {
		file, err := server.AppendOnly(ctx, s.folder)
		if err != nil {
			return err
		}
		end := s.reached(file)
		if end >= 0 && ofTheJob(file[end:]) || time.Now().After(until) {
			return nil
		}
		if err := worker.Sleep(ctx, look); err != nil {
			return err
		}
	}
}

// follows tells whether a fault, other than this one, depends on how far Redis has synced
// what it wrote.
func (in *injections) follows(other *pendingFault) bool {
	return in.persistence == faults.EverySec && in.plan.losesPower(other)
}

// followSyncs begins to follow it.
func (in *injections) followSyncs(ctx context.Context) (*synced, error) {
	admin, err := in.admin(ctx)
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	return followSyncs(ctx, admin.Options())
}
