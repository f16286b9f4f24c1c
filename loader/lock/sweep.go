package lock

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"
)

// Manner says how a sweep goes over the chunks.
type Manner struct {
	// Shuffle tries the chunks in an order of the worker's own. Workers that
	// all start at chunk 0 read the same rows at the same time.
	Shuffle bool
	// Once ends the sweep after one pass, whatever was skipped on the way.
	Once bool
}

var (
	// OnePass tries each chunk once, in order.
	OnePass = Manner{Once: true}
	// UntilDone comes back to what it skipped until every chunk's bit is set.
	UntilDone = Manner{}
	// Shuffled is UntilDone in an order of the worker's own.
	Shuffled = Manner{Shuffle: true}
)

// A worker waits between two passes in which others held every chunk.
const (
	firstWait   = 5 * time.Millisecond
	longestWait = 320 * time.Millisecond
)

// Sweep makes a session out of a function that tries to claim one chunk. try
// answers with a claim, with [ErrHeld], with [ErrCommitted], or fails.
func Sweep(env Env, manner Manner, try func(ctx context.Context, chunk int) (Claim, error)) Session {
	s := &sweep{
		env: env, manner: manner, try: try,
		random: rand.New(rand.NewPCG(env.Seed, uint64(env.Worker))),
		wait:   firstWait,
		order:  make([]int, env.Chunks),
	}
	for i := range s.order {
		s.order[i] = i
	}
	if manner.Shuffle {
		s.random.Shuffle(len(s.order), func(i, j int) { s.order[i], s.order[j] = s.order[j], s.order[i] })
	}
	if manner.Once {
		s.todo = s.order
	}
	return s
}

type sweep struct {
	env    Env
	manner Manner
	try    func(context.Context, int) (Claim, error)
	random *rand.Rand
	order  []int // every chunk, in the order of this worker

	todo  []int // what is left of this pass
	begun bool  // a first pass was begun
	moved bool  // this pass met a chunk that nobody else held
	wait  time.Duration
}

func (s *sweep) Next(ctx context.Context) (Claim, error) {
	for {
		for len(s.todo) > 0 {
			chunk := s.todo[0]
			if s.env.Claiming != nil {
				s.env.Claiming(ctx, chunk)
			}
			claim, err := s.try(ctx, chunk)
			if err != nil && !errors.Is(err, ErrHeld) && !errors.Is(err, ErrCommitted) {
				return nil, err
			}
			s.todo = s.todo[1:]
			if !errors.Is(err, ErrHeld) {
				s.moved = true
			}
			if err == nil {
				return claim, nil
			}
		}
		if s.manner.Once {
			return nil, ErrDone
		}
		if err := s.nextPass(ctx); err != nil {
			return nil, err
		}
	}
}

// nextPass collects what is not committed. It reads the bitmap anew, because
// a server that crashed may have forgotten bits that were seen set.
func (s *sweep) nextPass(ctx context.Context) error {
	if s.begun && !s.moved {
		jitter := time.Duration(s.random.Int64N(int64(s.wait)))
		if err := s.env.Sleep(ctx, s.wait/2+jitter); err != nil {
			return err
		}
		s.wait = min(2*s.wait, longestWait)
	} else {
		s.wait = firstWait
	}
	marked, err := ReadBitmap(ctx, s.env.Redis, s.env.Keys.Chunks)
	if err != nil {
		return err
	}
	s.begun, s.moved, s.todo = true, false, nil
	for _, chunk := range s.order {
		if !marked.Set(chunk) {
			s.todo = append(s.todo, chunk)
		}
	}
	if len(s.todo) == 0 {
		return ErrDone
	}
	return nil
}

func (s *sweep) Close() error { return nil }

// Bitmap is a Redis bitmap as it was at one moment.
type Bitmap string

// ReadBitmap reads a whole bitmap; one that does not exist has no bit set.
func ReadBitmap(ctx context.Context, client redis.Cmdable, key string) (Bitmap, error) {
	marked, err := client.Get(ctx, key).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("read bitmap %s: %w", key, err)
	}
	return Bitmap(marked), nil
}

// Set tells whether bit i is set. Redis counts bits from the highest of the
// first byte.
func (b Bitmap) Set(i int) bool {
	return i/8 < len(b) && b[i/8]&(0x80>>(i%8)) != 0
}

// Count counts the set bits below n.
func (b Bitmap) Count(n int) int {
	set := 0
	for i := range n {
		if b.Set(i) {
			set++
		}
	}
	return set
}
