package worker

import (
	"context"
	"time"
)

// Every is lock.Env.Every in real time: a goroutine with a ticker.
func Every(ctx context.Context, period time.Duration, f func(context.Context) error) (stop func()) {
	ticking, end := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(period)
		defer ticker.Stop()
		for {
			select {
			case <-ticking.Done():
				return
			case <-ticker.C:
			}
			if ticking.Err() != nil || f(ctx) != nil {
				return
			}
		}
	}()
	return func() {
		end()
		<-done
	}
}
