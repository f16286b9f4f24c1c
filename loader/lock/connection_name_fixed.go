package lock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// ConnectionNameFixed is the published scheme, repaired: one connection has the name and
// commits, and Redis carries out nothing of a connection that is gone.
var ConnectionNameFixed = Strategy{
	Name:    "connection-name-fixed",
	Summary: "the published scheme, repaired: the connection that has the name also commits",

	How: "The name of a connection is the lock, as in connection-name, with six changes. The name also says of which job the chunk is. The worker keeps one connection to itself. One transaction lists the clients, takes the name and reads the chunk's bit. " +
		"The worker's own connection does not count, and who finds another with the name takes its own off again. Rows and bit are committed over the connection that has the name. " +
		"And skipped chunks are taken up again until all are marked.",
	Rests: "On the connection itself: while Redis can carry out its commit, it is in the list of clients, and nobody else takes the chunk. A commit that arrives late, or a connection that was lost, changes nothing about that. " +
		"And on each command of the transaction being carried out: Redis does not undo the others if one is refused while it executes. All workers have to follow the same rules on the same server: " +
		"names are not copied to replicas, and a proxy that shares connections breaks the scheme.",
	Cost: "A list of all clients for every attempt: with a thousand clients more than a millisecond in which the server serves nobody else. It is a command for administrators, which many hosted servers refuse. " +
		"A host that loses its power keeps its name until the server notices: with tcp-keepalive 300, ten minutes.",
	Use: "Where a lock without a time to live is wanted, on one server with few clients, and scripts are not allowed. Otherwise lease-lua does the same for less.",

	MaxRetries:  -1,
	Conditional: true,
	NamesOnly:   true,
	Open: func(_ context.Context, env Env) (Session, error) {
		s := &naming{env: env}
		s.Session = Sweep(env, UntilDone, s.try)
		return s, nil
	},
}

// naming is a session with the connection that takes the names.
type naming struct {
	Session
	env  Env
	conn *redis.Conn // nil: it was lost, or there was none yet
}

// try takes the name of a chunk, and gives it back unless the chunk is free.
func (s *naming) try(ctx context.Context, chunk int) (Claim, error) {
	if s.conn == nil {
		s.conn = s.env.Redis.EphemeralConn() // which ends with Close, and does not go back to the pool with its name
	}
	err := s.take(ctx, chunk)
	if err == nil {
		return namedClaim{NewUnlocked(s.env, chunk), s}, nil
	}
	if unnamed := s.unname(ctx); unnamed != nil {
		return nil, unnamed
	}
	return nil, err
}

// take is [ErrHeld] or [ErrCommitted] if the chunk is not free.
func (s *naming) take(ctx context.Context, chunk int) error {
	name := fmt.Sprintf("%s:chunk_%d", s.env.PlanID, chunk) // other jobs have chunks of that number too
	var own, bit *redis.IntCmd
	var list, plan *redis.StringCmd
	_, err := s.conn.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		own, list = tx.ClientID(ctx), tx.ClientList(ctx)
		tx.ClientSetName(ctx, name)
		bit, plan = tx.GetBit(ctx, s.env.Keys.Chunks, int64(chunk)), tx.HGet(ctx, s.env.Keys.Plan, "id")
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, redis.Nil): // there is no plan
		s.drop()
		return fmt.Errorf("take the name %s: %w", name, err)
	case plan.Val() != s.env.PlanID:
		return fmt.Errorf("take the name %s: %w", name, ErrPlanGone)
	case bit.Val() == 1:
		return ErrCommitted
	case slices.ContainsFunc(Bearers(list.Val(), name), func(id int64) bool { return id != own.Val() }):
		return ErrHeld
	}
	return nil
}

// unname takes the name off. A connection that fails is dropped, and its name with it.
func (s *naming) unname(ctx context.Context) error {
	if s.conn == nil {
		return nil
	}
	_, err := s.conn.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.ClientSetName(ctx, "")
		return nil
	})
	if err != nil {
		s.drop()
		return fmt.Errorf("take the name off: %w", err)
	}
	return nil
}

func (s *naming) drop() {
	s.conn.Close()
	s.conn = nil
}

func (s *naming) Close() error {
	if s.conn != nil {
		s.drop()
	}
	return s.Session.Close()
}

type namedClaim struct {
	Unlocked
	session *naming
}

// Commit goes over the connection that has the name, or not at all.
func (c namedClaim) Commit(ctx context.Context, elements [][]byte) (Outcome, error) {
	outcome, err := PushAndMark(ctx, c.session.conn, c.Env.Keys, c.chunk, elements)
	if err != nil {
		c.session.drop()
	}
	return outcome, err
}

func (c namedClaim) Release(ctx context.Context) error { return c.session.unname(ctx) }

// Bearers reads the numbers of the connections with a name out of a CLIENT LIST reply.
func Bearers(list, name string) (ids []int64) {
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
