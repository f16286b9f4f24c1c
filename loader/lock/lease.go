package lock

import (
	"context"
	_ "embed"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// Lease is a key that one holder has at a time, until it expires. A holder may be late and
// believe that it still has it, so a lease saves work, and nothing may rest on it.
type Lease struct {
	Key   string
	Token string // unique to the holder
	TTL   time.Duration
}

var (
	//go:embed extend.lua
	extendLua string
	//go:embed release.lua
	releaseLua string

	extendScript  = redis.NewScript(extendLua)
	releaseScript = redis.NewScript(releaseLua)
)

// Take takes the lease, and tells whether it was free.
func (l Lease) Take(ctx context.Context, client *redis.Client) (bool, error) {
	err := client.SetArgs(ctx, l.Key, l.Token, redis.SetArgs{Mode: "NX", TTL: l.TTL}).Err()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	return err == nil, err
}

// Extend lets the lease begin anew, if it is still one's own.
func (l Lease) Extend(ctx context.Context, client *redis.Client) error {
	return extendScript.Run(ctx, client, []string{l.Key}, l.Token, l.TTL.Milliseconds()).Err()
}

// Release gives the lease up, if it is still one's own.
func (l Lease) Release(ctx context.Context, client *redis.Client) error {
	return releaseScript.Run(ctx, client, []string{l.Key}, l.Token).Err()
}
