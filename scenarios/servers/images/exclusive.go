package images

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lockLook is the time between two looks at a lock that another process holds.
const lockLook = 100 * time.Millisecond

// Exclusive runs f while no other process of this user on this machine runs one of the same name. Tests of several
// packages, or several campaigns, would otherwise make the same image side by side.
func Exclusive(ctx context.Context, name string, f func() error) error {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("onceover-%d-%s.lock", os.Getuid(), name))
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return fmt.Errorf("images: %w", err)
	}
	defer file.Close() // which unlocks it
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f()
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("images: lock %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(lockLook):
		}
	}
}
