package lock

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// ConnectionName is the published scheme, as published: the chunk's bit is
// read first and never again; one transaction lists the clients and takes the
// name chunk_N, whatever the list says; one's own name counts as somebody's;
// and the chunks are gone over once, so that a skipped chunk is never taken up.
//
// Source: "Locking Redis clients for distributed calculations",
// olegivye.com/redis-conection.
var ConnectionName = Strategy{
	Name:    "connection-name",
	Summary: "the published scheme: the name of the Redis connection is the lock",

	How: "The name of the Redis connection is the lock. A worker reads the chunk's bit; then one transaction lists all clients and names the worker's own connection chunk_7. " +
		"If no client had that name before, the worker takes the chunk for its own and loads it. If one had, it goes on to the next chunk: the chunks are gone over once. " +
		"A dead worker's connection ends, and its name with it, so no lock is left behind.",
	Rests: "On four things, and none of them holds. That nothing happens between the look at the bit and the lock: the chunk can be committed and let go of in between. " +
		"That the connection lives as long as the work: the client library reconnects silently, and the new connection has no name. " +
		"That only the holder of the name commits: the commit may go over any connection. That whoever holds a chunk finishes it: the others have gone on and do not come back.",
	Cost: "A list of all clients for every attempt. The server writes one line for each connection, and serves nobody else meanwhile. " +
		"It is also a command for administrators, which many hosted servers refuse.",
	Use: "For nothing that has to be complete. The idea is worth keeping: a lock that ends with its connection needs no time to live and no clock. " +
		"connection-name-fixed is the scheme with what it lacks.",

	NamesOnly: true,
	Open: func(_ context.Context, env Env) (Session, error) {
		return Sweep(env, OnePass, func(ctx context.Context, chunk int) (Claim, error) {
			if err := Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
				return nil, err
			}
			taken, err := takeName(ctx, env.Redis, chunk)
			if err != nil {
				return nil, err
			}
			if taken {
				return nil, ErrHeld
			}
			return NewUnlocked(env, chunk), nil
		}), nil
	},
}

// takeName names a connection after the chunk and tells whether any connection
// had that name before. The client chooses the connection.
func takeName(ctx context.Context, client *redis.Client, chunk int) (taken bool, err error) {
	name := fmt.Sprintf("chunk_%d", chunk)
	var list *redis.StringCmd
	_, err = client.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		list = tx.ClientList(ctx)
		tx.Do(ctx, "CLIENT", "SETNAME", name)
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("take the name %s: %w", name, err)
	}
	return slices.Contains(clientNames(list.Val()), name), nil
}

// clientNames reads the names out of a CLIENT LIST reply: one client a line,
// fields separated by spaces.
func clientNames(list string) []string {
	var names []string
	for line := range strings.Lines(list) {
		for _, field := range strings.Fields(line) {
			if name, ok := strings.CutPrefix(field, "name="); ok {
				names = append(names, name)
			}
		}
	}
	return names
}
