package sim

import (
	"slices"
	"strings"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
)

// Two workers push one chunk each, so that the replica can miss both, the later or neither.
func TestAFailoverTakesWhatTheReplicaHadNotReceived(t *testing.T) {
	lag, dies := EventID{nobody, 0, kind("failover-lag")}, EventID{nobody, 0, kind("failover")}
	first, second := EventID{0, 0, Deliver}, EventID{1, 0, Deliver}
	setup := Setup{
		Name: "test", Program: pushing, Workers: 3, Chunks: 1, Lives: 1,
		Budget: faults.Budget{faults.Failover: 1, faults.Crash: 1},
	}
	last := EventID{2, 0, kind("crash-before")}
	for _, c := range []struct {
		log  []EventID
		want reports.Verdict
	}{
		{[]EventID{lag, first, dies, second, last}, reports.Safe},       // what w0 pushed is gone, and w1 pushes it again
		{[]EventID{first, lag, second, last}, reports.Duplicated},       // nothing is gone
		{[]EventID{lag, first, second, dies, last}, reports.Duplicated}, // it was there twice before
	} {
		run, err := prepared(t, setup).Run(Tolerant(c.log), true)
		if err != nil || run.Verdict != c.want {
			t.Errorf("%v: %s (%s), %v, want %s", c.log, run.Verdict, run.Why, err, c.want)
		}
	}
}

func TestLeasesCanRunOutWhileRedisFailsOver(t *testing.T) {
	setup := full(lock.LeaseLua, 1, 1)
	setup.Budget = faults.Budget{faults.Failover: 1}
	for name, longer := range map[string]bool{"failover": false, "failover-past-leases": true} {
		run, err := prepared(t, setup).Run(func(enabled []Choice) int {
			for _, id := range []EventID{{nobody, 0, kind(name)}, {nobody, 0, kind("failover-lag")}} {
				if i := indexOf(enabled, id); i >= 0 {
					return i
				}
			}
			return First(enabled)
		}, true)
		struck := slices.ContainsFunc(run.Log, func(e EventID) bool { return e.Kind == kind(name) })
		if err != nil || run.Verdict != reports.Safe || !struck || (run.Time >= 2*DefaultTTL) != longer {
			t.Errorf("%s: %s after %v, struck %t, %v", name, run.Verdict, run.Time, struck, err)
		}
	}
}

func TestAFailoverIsOfferedWhereItMakesADifference(t *testing.T) {
	setup := full(lock.LeaseLua, 2, 2)
	setup.Budget = faults.Budget{faults.Failover: 1}
	cache := prepared(t, setup).Cache()
	offers := func(p *State, name string) bool {
		return slices.ContainsFunc(p.Enabled, func(c Choice) bool { return c.ID.Kind == kind(name) })
	}
	lags, dies := 0, 0
	for seed := range uint64(20) {
		choose := randomly(seed)
		p, err := cache.Start()
		for err == nil && len(p.Enabled) > 0 {
			if offers(p, "failover-lag") {
				lags++
				if p.w.redis.Parted() || !p.w.mayWrite() {
					t.Errorf("after %v the replica can part, and it makes no difference", p.Log())
				}
			}
			if offers(p, "failover") {
				dies++
				if !p.w.redis.Behind() {
					t.Errorf("after %v the replica can take over, and has everything", p.Log())
				}
			}
			p, err = p.Next(choose(p.Enabled))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if lags == 0 || dies == 0 {
		t.Errorf("the replica could part %d times, and take over %d times", lags, dies)
	}
}

// A state in which the replica lacks something is another one than that in which it does not.
func TestWhatTheReplicaHasIsPartOfTheState(t *testing.T) {
	setup := full(lock.LeaseLua, 1, 1)
	setup.Budget = faults.Budget{faults.Failover: 1}
	cache := prepared(t, setup).Cache()
	hashes := map[uint64]string{}
	p, err := cache.Start()
	for err == nil && len(p.Enabled) > 0 {
		for i, c := range p.Enabled {
			if c.ID.Kind != kind("failover-lag") {
				continue
			}
			lagging, err := p.Next(i)
			if err != nil {
				t.Fatal(err)
			}
			log := strings.Join(strings.Fields(names(p.Enabled)), " ")
			for lagging.Hash == p.Hash {
				t.Fatalf("at %s it makes no difference to the state that the replica receives nothing any more", log)
			}
			if other, ok := hashes[lagging.Hash]; ok {
				t.Errorf("equal at %s and at %s", other, log)
			}
			hashes[lagging.Hash] = log
		}
		p, err = p.Next(First(p.Enabled))
	}
	if err != nil || len(hashes) < 2 {
		t.Errorf("%d states, %v", len(hashes), err)
	}
}
