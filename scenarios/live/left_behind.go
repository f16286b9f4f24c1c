package live

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/scenarios/servers"
)

// ownersKey is a hash in a Redis of the user's: the name of each world that uses it,
// and whose it is. Tables have their owner in their comment.
const ownersKey = "onceover_owners"

// sweep removes from the user's own servers what harnesses have left that were killed.
func (w *World) sweep(ctx context.Context) error {
	if w.options.MySQL != nil {
		if err := w.sweepTables(ctx); err != nil {
			return err
		}
	}
	if w.options.Redis == nil {
		return nil
	}
	for _, server := range w.redises {
		client, err := w.admin(ctx, server)
		if err != nil {
			return err
		}
		defer client.Close()
		if err := w.sweepKeys(ctx, client); err != nil {
			return err
		}
	}
	return nil
}

// sweepProcesses ends what workers have started and nobody has ended, since their
// harness is gone. It would try the ports of servers that others get later.
func (w *World) sweepProcesses() error {
	all, err := processes()
	if err != nil {
		return fmt.Errorf("look for processes that were left: %w", err)
	}
	for _, m := range all {
		owner, err := servers.ParseOwner(harnessOf(m.pid))
		if err != nil || !owner.Gone() {
			continue
		}
		if now, err := inspect(m.pid); err != nil || now.born != m.born {
			continue
		}
		w.options.Progress("ending process %d, left by process %d", m.pid, owner.PID)
		if err := syscall.Kill(m.pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("end process %d: %w", m.pid, err)
		}
	}
	return nil
}

// sweepTables drops tables whose owner is gone, and before them what its workers have made.
func (w *World) sweepTables(ctx context.Context) error {
	rows, err := w.db.QueryContext(ctx, `SELECT table_name, table_comment FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_name LIKE 'onceover\_%'`)
	if err != nil {
		return fmt.Errorf("look for tables that were left: %w", err)
	}
	defer rows.Close()
	var left []string
	for rows.Next() {
		var name, comment string
		if err := rows.Scan(&name, &comment); err != nil {
			return fmt.Errorf("look for tables that were left: %w", err)
		}
		if owner, err := servers.ParseOwner(comment); err == nil && owner.Gone() {
			w.options.Progress("dropping table %s, left by process %d", name, owner.PID)
			left = append(left, name)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("look for tables that were left: %w", err)
	}
	for _, name := range left {
		world := name[:strings.LastIndexByte(name, '_')]
		if err := dropChunks(ctx, w.db, world); err != nil {
			return err
		}
		if _, err := w.db.ExecContext(ctx, "DROP TABLE IF EXISTS `"+name+"`"); err != nil {
			return fmt.Errorf("drop table %s: %w", name, err)
		}
	}
	return nil
}

// sweepKeys deletes the keys of worlds whose owner is gone, and enters this one.
func (w *World) sweepKeys(ctx context.Context, client *redis.Client) error {
	owners, err := client.HGetAll(ctx, ownersKey).Result()
	if err != nil {
		return fmt.Errorf("look for keys that were left: %w", err)
	}
	for name, text := range owners {
		owner, err := servers.ParseOwner(text)
		if err != nil || !owner.Gone() {
			continue
		}
		w.options.Progress("deleting the keys of %s, left by process %d", name, owner.PID)
		if err := deleteKeys(ctx, client, name); err != nil {
			return err
		}
		if err := client.HDel(ctx, ownersKey, name).Err(); err != nil {
			return fmt.Errorf("delete what was left: %w", err)
		}
	}
	if err := client.HSet(ctx, ownersKey, w.name, servers.OwnerOf(os.Getpid()).String()).Err(); err != nil {
		return fmt.Errorf("enter %s in %s: %w", w.name, ownersKey, err)
	}
	w.entered = true
	return nil
}

// deleteKeys deletes all keys of a world, whose name is random.
func deleteKeys(ctx context.Context, client *redis.Client, world string) error {
	for _, pattern := range []string{world + ":*", "{" + world + ":*"} {
		keys := client.Scan(ctx, 0, pattern, manyKeys).Iterator()
		for keys.Next(ctx) {
			if err := client.Unlink(ctx, keys.Val()).Err(); err != nil {
				return fmt.Errorf("delete what was left: %w", err)
			}
		}
		if err := keys.Err(); err != nil {
			return fmt.Errorf("delete what was left: %w", err)
		}
	}
	return nil
}

// waitUnsaid is how long a user waits for something without being told.
const waitUnsaid = 500 * time.Millisecond

// sayWait tells the user what is being waited for, unless it is over soon.
func (w *World) sayWait(server string, most time.Duration, to string) (over func()) {
	say := time.AfterFunc(waitUnsaid, func() {
		w.options.Progress("%s does not answer yet: waiting up to %s, to %s", server, most, to)
	})
	return func() { say.Stop() }
}

// leave takes the world out of the hash of a Redis of the user's. One that has just been
// silent for long is not asked again.
func (w *World) leave(ctx context.Context) error {
	if w.silent {
		return fmt.Errorf("%s is still in %s: Redis did not answer; the next start deletes it", w.name, ownersKey)
	}
	ctx, cancel := context.WithTimeout(ctx, abandonWait)
	defer cancel()
	defer w.sayWait("Redis", abandonWait, "take the name of this campaign out of "+ownersKey)()
	for _, server := range w.redises {
		client, err := w.admin(ctx, server)
		if err == nil {
			err = client.HDel(ctx, ownersKey, w.name).Err()
			client.Close()
		}
		if err != nil {
			return fmt.Errorf("take %s out of %s: %w", w.name, ownersKey, err)
		}
	}
	return nil
}
