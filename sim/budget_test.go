package sim

import (
	"reflect"
	"testing"
)

// Whoever adds a number to Budget has to add it to parts.
func TestPartsAreAllNumbersOfABudget(t *testing.T) {
	b := everything()
	for i := range reflect.TypeFor[Budget]().NumField() {
		if n := reflect.ValueOf(b).Field(i).Int(); n != 1 {
			t.Errorf("%s is no part", reflect.TypeFor[Budget]().Field(i).Name)
		}
	}
	if n := reflect.TypeFor[Budget]().NumField(); b.Total() != n {
		t.Errorf("the total of %d parts is %d", n, b.Total())
	}
}

func TestEveryFaultUsesUpABudget(t *testing.T) {
	for _, k := range Kinds() {
		for _, server := range []Server{Redis, MySQL} {
			b := everything()
			share := b.share(k, server)
			if k.Fault() != (share != nil) {
				t.Errorf("%v of %v: fault %t, share %v", k, server, k.Fault(), share)
			}
			if share != nil {
				*share = 0
				if b.Total() != everything().Total()-1 {
					t.Errorf("the share of %v is no part of the budget", k)
				}
			}
		}
	}
}

// Positions that differ in nothing but what may still go wrong are not the same.
func TestBudgetsOfAnySizeAreToldApart(t *testing.T) {
	seen := map[uint64]Budget{}
	for n := range 40 {
		for m := range 40 {
			for _, b := range []Budget{{Crashes: n, Restarts: m}, {LostReplies: n + 1, MySQLRestarts: m}} {
				if other, ok := seen[b.sum()]; ok {
					t.Fatalf("%+v counts as %+v", b, other)
				}
				seen[b.sum()] = b
			}
		}
	}
}

func TestBudgetsAsText(t *testing.T) {
	for want, b := range map[string]Budget{
		"no faults":                          {},
		"crashes 1, lost replies 2":          {Crashes: 1, LostReplies: 2},
		"redis crashes 1, mysql restarts 12": {RedisCrashes: 1, MySQLRestarts: 12},
	} {
		if got := b.String(); got != want {
			t.Errorf("%+v is %q, want %q", b, got, want)
		}
	}
}
