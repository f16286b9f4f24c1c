package live

import (
	"testing"
	"time"

	"onceover/faults"
	"onceover/scenarios"
)

// Were the limit shorter, a long job would be given up before it is late.
func TestTheLimitOfARunLeavesRoomForItsDeadlines(t *testing.T) {
	for _, c := range []struct {
		plan string
		want time.Duration
	}{
		{"", time.Hour},
		{"pause chunk=1 at=read for=20m", 2*time.Hour + 20*time.Minute},
		{"kill chunk=1 at=read hold=1m restart=never; kill chunk=2 at=read restart=2m", 3*time.Hour + 3*time.Minute},
	} {
		plan, err := faults.Parse(c.plan)
		if err != nil {
			t.Fatal(err)
		}
		r := run{e: scenarios.Execution{Plan: plan, Workload: scenarios.Workload{Deadline: time.Hour}}}
		if got := r.limit(); got != c.want+runLimit {
			t.Errorf("%q: %s, want %s", c.plan, got, c.want+runLimit)
		}
	}
}
