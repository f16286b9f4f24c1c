package live

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports/format"
)

var (
	_ = register(faults.Evict, evict{})
	_ = register(faults.EvictList, evictList{})
)

type (
	evict struct{ offWire }

	evictList struct {
		evict
		anywhere
	}
)

func (evict) Unable(o Options) string {
	if o.Worker != nil {
		return "the keys of a worker of another program are not known, except its list"
	}
	return ""
}

func (e evictList) Unable(o Options) string { return e.anywhere.Unable(o) }

// Inject has the server delete the key. That had effect when the server says that it was
// there; a fault that finds nothing to delete was not injected.
func (evict) Inject(i *injection) {
	key, err := i.keyToLose()
	if err != nil {
		i.goOn()
		i.abandon(err.Error())
		return
	}
	if i.Kind == faults.Evict && i.Word == faults.LockKey && len(i.locks) > 0 {
		i.evictLock(key)
		return
	}
	i.later(func() func() {
		deleted, err := i.deleteKey(key)
		return func() {
			i.meter.asked("del", 1)
			i.goOn()
			switch {
			case err != nil:
				i.abandon("DEL: " + format.OneLine(err))
			case deleted == 0:
				i.abandon("there was no key " + key + " to lose")
			default:
				evidence := fmt.Sprintf("Redis had %s, and deleted it", key)
				i.seen(evidence)
				i.recovery.serverGone(i.pendingFault, loss{}, i.at())
				i.heal("")
			}
		}
	})
}

// evictLock has the lock servers delete a lock, so many of them that it is free.
func (i *injection) evictLock(key string) {
	i.later(func() func() {
		had, needed, err := i.loseLock(key)
		return func() {
			i.askedLocks(had)
			i.goOn()
			switch names := strings.Join(had, ", "); {
			case err != nil:
				i.abandon("DEL: " + format.OneLine(err))
			case len(had) < needed:
				i.abandon(fmt.Sprintf("%d of %d lock servers had %s, and it takes %d to lose it", len(had), len(i.locks), key, needed))
			default:
				i.seen(fmt.Sprintf("%s had %s, and deleted it", names, key))
				i.recovery.serverGone(i.pendingFault, loss{}, i.at())
				i.heal("")
			}
		}
	})
}

// keyToLose is the name of the key that the fault is about.
func (i *injection) keyToLose() (string, error) {
	keys := lock.KeysFor(i.list)
	switch {
	case i.Kind == faults.EvictList:
		return keys.List, nil
	case i.Word == faults.LockKey && i.chunk < 0:
		return "", errors.New("the worker had no chunk in hand, and so no lock to lose")
	case i.Word == faults.LockKey:
		return keys.Lock(i.chunk), nil
	case i.Word == faults.PlanKey:
		return keys.Plan, nil
	case i.Word == faults.OwnersKey:
		return keys.Owners, nil
	}
	return keys.Chunks, nil
}

// deleteKey has Redis delete a key, and returns how many it had of that name.
func (in *injections) deleteKey(key string) (int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), signalWait)
	defer cancel()
	client, err := in.admin(ctx)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	return client.Del(ctx, key).Result()
}
