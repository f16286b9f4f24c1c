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

// Inject has the server delete the keys. That had effect when the server says that one was
// there; a fault that finds nothing to delete was not injected.
func (evict) Inject(i *injection) {
	keys, err := i.keysToLose()
	if err != nil {
		i.goOn()
		i.abandon(err.Error())
		return
	}
	if i.Kind == faults.Evict && i.Word == faults.LockKey && len(i.locks) > 0 {
		i.evictLock(keys[0])
		return
	}
	i.later(func() func() {
		deleted, err := i.deleteKeys(keys)
		return func() {
			i.meter.asked("del", 1)
			i.goOn()
			switch {
			case err != nil:
				i.abandon("DEL: " + format.OneLine(err))
			case deleted == 0:
				i.abandon("there was no key " + strings.Join(keys[:min(len(keys), 3)], " or ") + " to lose")
			default:
				evidence := fmt.Sprintf("Redis had %s, and deleted it", keys[0])
				if len(keys) > 1 {
					evidence = fmt.Sprintf("Redis had %d of %d lists, and deleted them", deleted, len(keys))
				}
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

// keysToLose are the keys that the fault is about.
func (i *injection) keysToLose() ([]string, error) {
	keys := lock.KeysFor(i.list)
	switch {
	case i.Kind == faults.EvictList:
		return i.target.Keys(), nil
	case i.Word == faults.LockKey && i.chunk < 0:
		return nil, errors.New("the worker had no chunk in hand, and so no lock to lose")
	case i.Word == faults.LockKey:
		return []string{keys.Lock(i.chunk)}, nil
	case i.Word == faults.PlanKey:
		return []string{keys.Plan}, nil
	case i.Word == faults.OwnersKey:
		return []string{keys.Owners}, nil
	}
	return []string{keys.Chunks}, nil
}

// deleteKeys has Redis delete keys, and returns how many of them it had.
func (in *injections) deleteKeys(keys []string) (int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), signalWait)
	defer cancel()
	client, err := in.admin(ctx)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	return client.Del(ctx, keys...).Result()
}
