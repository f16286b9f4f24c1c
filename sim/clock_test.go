package sim

import (
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
)

// A clock matters where a lease or an entry that waits goes by it, and to no other strategy.
func TestAClockJumpsOnlyWhereSomethingGoesByIt(t *testing.T) {
	for _, s := range lock.All() {
		t.Run(s.Name, func(t *testing.T) {
			setup, offered := full(s, 2, 2), map[string]bool{}
			setup.Budget = faults.Budget{faults.RedisClock: 1}
			_, err := prepared(t, setup).Run(func(enabled []Choice) int {
				for _, c := range enabled {
					if c.ID.Kind.Fault() == faults.RedisClock {
						offered[c.ID.Kind.String()] = true
					}
				}
				return First(enabled)
			}, false)
			if err != nil {
				t.Fatal(err)
			}
			if s.Clocked != (len(offered) > 0) {
				t.Errorf("clocked is %t, and the clocks that can jump are %v", s.Clocked, offered)
			}
			if onLocks := offered["redis-clock-1"]; onLocks != (s.Locks > 0) {
				t.Errorf("with %d lock servers, the clocks that can jump are %v", s.Locks, offered)
			}
		})
	}
}
