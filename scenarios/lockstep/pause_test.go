package lockstep

import (
	"context"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
	"onceover/sim"
)

// A pause proves something only if the leases that it met have run out in it.
func TestAPauseThatOutlastsNothingIsWeak(t *testing.T) {
	client := servers.OpenRedis(serverstest.RedisOptions(t))
	t.Cleanup(func() { client.Close() })
	paused := func() *run {
		r := &run{world: &World{redis: client}, hub: newHub(), left: faults.Budget{faults.Pause: 1}}
		if err := r.pause(t.Context(), sim.EventID{Worker: nobody}); err != nil {
			t.Fatal(err)
		}
		return r
	}
	const lasts = time.Second
	lease := func() {
		if err := client.Set(t.Context(), "lease", "", lasts).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if got := paused().result.Weak; !strings.Contains(got, "met no lease") {
		t.Errorf("without a lease: %q", got)
	}
	lease()
	if got := paused().result.Weak; got != "" {
		t.Errorf("of a lease that ran out: %q", got)
	}
	lease()
	ctx, stop := context.WithCancel(t.Context())
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		for ctx.Err() == nil {
			client.PExpire(ctx, "lease", lasts)
		}
	}()
	got := paused().result.Weak
	stop()
	<-renewed
	if !strings.Contains(got, "renewed past the proxies") {
		t.Errorf("of a lease that was renewed: %q", got)
	}
}
