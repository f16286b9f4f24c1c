package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"onceover/loader"
	"onceover/scenarios/worker"
)

func TestAllWorkersTogetherKeepToTheRate(t *testing.T) {
	for _, workers := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			p := &pace{rate: 100, now: time.Now, sleep: worker.Sleep}
			began := time.Now()
			ctx, stop := context.WithCancel(t.Context())
			rows := make(chan int)
			for range workers {
				go func() {
					for p.wait(ctx) == nil {
						p.spend(250) // more than a second has
						rows <- 250
					}
				}()
			}
			for total := 0; total < 10_000; {
				total += <-rows
				took := time.Since(began).Seconds()
				if allowed := 100*took + float64(250*workers); float64(total) > allowed {
					t.Fatalf("%d workers: %d rows in %.1fs", workers, total, took)
				}
			}
			if took := time.Since(began); took > 101*time.Second {
				t.Errorf("%d workers: 10000 rows take %s", workers, took)
			}
			stop()
			for done := false; !done; { // those that wait to be counted
				select {
				case <-rows:
				case <-time.After(time.Hour):
					done = true
				}
			}
		})
	}
}

func TestAnInterruptEndsTheWaitForTheRate(t *testing.T) {
	p := &pace{rate: 1, now: time.Now, sleep: worker.Sleep}
	p.spend(1_000_000)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := p.wait(ctx); err == nil {
		t.Error("it did not notice")
	}
}

func TestWhatIsCommittedIsPaidFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &load{pace: &pace{rate: 10, now: time.Now, sleep: worker.Sleep}}
		began := time.Now()
		for range 3 {
			l.count(loader.Commit{Rows: 20})
		}
		if err := l.pace.wait(t.Context()); err != nil || time.Since(began) != 6*time.Second {
			t.Errorf("it waited %s, %v", time.Since(began), err)
		}
	})
}
