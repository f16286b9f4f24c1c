package bubble_test

import (
	"errors"
	"testing"
	"time"

	"onceover/sim/bubble"
)

func TestTheClockMovesOnlyWhenEverybodyWaits(t *testing.T) {
	var before, after time.Duration
	err := bubble.Run(func() {
		woken := make(chan bool)
		go func() { time.Sleep(time.Hour); woken <- true }()
		bubble.Wait()
		before = time.Since(bubble.Epoch())
		<-woken
		after = time.Since(bubble.Epoch())
	})
	if err != nil || before != 0 || after != time.Hour {
		t.Fatalf("before %v, after %v, error %v", before, after, err)
	}
}

func TestAPanicIsAnError(t *testing.T) {
	if err := bubble.Run(func() { panic("broken") }); !errors.Is(err, bubble.ErrPanic) {
		t.Fatalf("got %v", err)
	}
}

func TestAGoroutineThatIsLeftBehindIsAnError(t *testing.T) {
	err := bubble.Run(func() {
		go func() { <-make(chan bool) }()
	})
	if !errors.Is(err, bubble.ErrPanic) {
		t.Fatalf("got %v", err)
	}
}

func BenchmarkEmptyBubble(b *testing.B) {
	for b.Loop() {
		if err := bubble.Run(func() {}); err != nil {
			b.Fatal(err)
		}
	}
}
