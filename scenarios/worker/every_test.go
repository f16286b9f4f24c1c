package worker

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestEveryCallsOnceAPeriodUntilItIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		stop := Every(t.Context(), time.Second, func(context.Context) error { calls++; return nil })
		time.Sleep(3500 * time.Millisecond)
		stop()
		stop()
		time.Sleep(time.Minute)
		if calls != 3 {
			t.Errorf("%d calls in three and a half periods", calls)
		}
	})
}

func TestEveryEndsWhenACallFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		stop := Every(t.Context(), time.Second, func(context.Context) error { calls++; return errors.New("lost") })
		time.Sleep(time.Minute)
		stop()
		if calls != 1 {
			t.Errorf("%d calls, and the first failed", calls)
		}
	})
}

func TestStopWaitsForACallUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := false
		stop := Every(t.Context(), time.Second, func(context.Context) error {
			time.Sleep(time.Hour)
			over = true
			return nil
		})
		time.Sleep(2 * time.Second)
		stop()
		if !over {
			t.Error("the call was still under way")
		}
	})
}
