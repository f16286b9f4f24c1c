package defects

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// named is a claim by the name of a connection.
type named struct {
	env    lock.Env
	chunk  int
	on     lock.Transactor // the connection that has the name, or believes so
	own    int64           // that connection's number
	bearer []int64         // the connections that had the name before
}

// takeName names a connection after a chunk and, in the same transaction, looks
// who had the name before and whether the chunk is committed.
func takeName(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (named, error) {
	name := fmt.Sprintf("chunk_%d", chunk)
	var id, bit *redis.IntCmd
	var list *redis.StringCmd
	_, err := on.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		id, list = tx.ClientID(ctx), tx.ClientList(ctx)
		tx.ClientSetName(ctx, name)
		bit = tx.GetBit(ctx, env.Keys.Chunks, int64(chunk))
		return nil
	})
	if err != nil {
		return named{}, fmt.Errorf("take the name %s: %w", name, err)
	}
	c := named{env, chunk, on, id.Val(), bearers(list.Val(), name)}
	if bit.Val() == 1 {
		return c, lock.ErrCommitted
	}
	return c, nil
}

// others tells whether a connection besides one's own had the name.
func (c named) others() bool {
	return slices.ContainsFunc(c.bearer, func(id int64) bool { return id != c.own })
}

func (c named) Chunk() int { return c.chunk }

func (c named) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	return lock.PushAndMark(ctx, c.on, c.env.Keys, c.chunk, elements)
}

// Release takes the name off.
func (c named) Release(ctx context.Context) error {
	_, err := c.on.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.ClientSetName(ctx, "")
		return nil
	})
	return err
}

// bearers reads the numbers of the connections with a name out of a CLIENT LIST.
func bearers(list, name string) []int64 {
	var ids []int64
	for line := range strings.Lines(list) {
		var id int64
		for _, field := range strings.Fields(line) {
			if number, ok := strings.CutPrefix(field, "id="); ok {
				id, _ = strconv.ParseInt(number, 10, 64)
			}
			if field == "name="+name {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// onOneConn opens a session whose locks are on one connection, which dies with it.
func onOneConn(try func(context.Context, lock.Env, lock.Transactor, int) (lock.Claim, error)) opening {
	return func(_ context.Context, env lock.Env) (lock.Session, error) {
		conn := env.Redis.EphemeralConn()
		return oneConn{lock.Sweep(env, lock.UntilDone, func(ctx context.Context, chunk int) (lock.Claim, error) {
			return try(ctx, env, conn, chunk)
		}), conn}, nil
	}
}

type oneConn struct {
	lock.Session
	conn io.Closer
}

func (s oneConn) Close() error { return s.conn.Close() }
