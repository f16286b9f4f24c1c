package live

import (
	"bytes"
	"context"
	"errors"

	"onceover/faults"
)

var _ = register(faults.RedisPower, serverKill{server: toRedis, power: true})

// losePower ends Redis, and what it has not synced is gone. Where that is nothing of the
// job, missed says so: then there was no loss.
func losePower(synced *synced, list string, missed *string) func(*watched) (evidence string, err error) {
	return func(server *watched) (string, error) {
		ctx, cancel := context.WithTimeout(context.Background(), serverWait)
		defer cancel()
		if synced.stopped.Load() {
			server.back()
			return "", errors.New("since a loss of power that failed, nobody knows what Redis has synced")
		}
		defer synced.stop()
		evidence, lost, err := server.LosePower(ctx, synced.folder, synced.end)
		if err != nil {
			_, again := server.Recover(ctx)
			server.back()
			return "", errors.Join(err, again)
		}
		if !bytes.Contains(lost, []byte(list)) {
			*missed = "Redis had synced all that the job wrote"
		}
		return evidence, nil
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
