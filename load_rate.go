package main

import (
	"context"
	"sync"
	"time"
)

// pace keeps all workers of a process together to a number of rows a second. What a chunk
// brings is known when it is committed, so it is paid for afterwards, before the next one is
// claimed: nobody holds a claim while it waits. (golang.org/x/time/rate takes no more at once
// than its burst, and a chunk may be larger than what a second has.)
type pace struct {
	rate  int // rows a second
	now   func() time.Time
	sleep func(context.Context, time.Duration) error

	mu   sync.Mutex
	paid time.Time // when what was loaded has had its time
}

func (p *pace) spend(rows int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); p.paid.Before(now) {
		p.paid = now
	}
	p.paid = p.paid.Add(time.Duration(float64(rows) / float64(p.rate) * float64(time.Second)))
}

// wait returns when another chunk may be claimed.
func (p *pace) wait(ctx context.Context) error {
	for {
		p.mu.Lock()
		left := p.paid.Sub(p.now())
		p.mu.Unlock()
		if left <= 0 {
			return nil
		}
		if err := p.sleep(ctx, left); err != nil {
			return err
		}
	}
}
