package sim

import (
	"fmt"
	"reflect"
	"strings"
)

// Budget bounds how much goes wrong in one schedule. Each number is of events,
// and 0 means that such a thing does not happen.
type Budget struct {
	Crashes       int `json:"crashes,omitempty"`        // of workers, for good
	Restarts      int `json:"restarts,omitempty"`       // of workers, which come back
	LostReplies   int `json:"lost_replies,omitempty"`   // Redis executed the request
	Cuts          int `json:"cuts,omitempty"`           // Redis did not see the request
	HalfReplies   int `json:"half_replies,omitempty"`   // Redis executed, part of the reply came
	GiveUps       int `json:"give_ups,omitempty"`       // the request arrives after its sender gave up
	ClientKills   int `json:"client_kills,omitempty"`   // of all Redis connections of a worker
	Advances      int `json:"advances,omitempty"`       // time passes although requests are pending: pauses, leases that run out
	RedisCrashes  int `json:"redis_crashes,omitempty"`  //
	MySQLCuts     int `json:"mysql_cuts,omitempty"`     // before a request, after it, or within its reply
	MySQLRestarts int `json:"mysql_restarts,omitempty"` //
}

// share is the part of the budget that an event of a kind uses up; nil if it
// uses none.
func (b *Budget) share(k Kind, server Server) *int {
	switch k {
	case CrashBefore, CrashAfter:
		return &b.Crashes
	case RestartBefore, RestartAfter:
		return &b.Restarts
	case KillClient:
		return &b.ClientKills
	case Advance:
		return &b.Advances
	case RedisCrash:
		return &b.RedisCrashes
	case MySQLRestart:
		return &b.MySQLRestarts
	case GiveUp:
		return &b.GiveUps
	case CutBefore, CutAfter, CutMiddle:
		return b.cuts(k, server)
	}
	return nil
}

func (b *Budget) cuts(k Kind, server Server) *int {
	switch {
	case server == MySQL:
		return &b.MySQLCuts
	case k == CutBefore:
		return &b.Cuts
	case k == CutAfter:
		return &b.LostReplies
	}
	return &b.HalfReplies
}

// parts are all numbers of the budget.
func (b *Budget) parts() []*int {
	return []*int{
		&b.Crashes, &b.Restarts, &b.LostReplies, &b.Cuts, &b.HalfReplies, &b.GiveUps,
		&b.ClientKills, &b.Advances, &b.RedisCrashes, &b.MySQLCuts, &b.MySQLRestarts,
	}
}

// Total is how many faults the budget allows, all in all.
func (b Budget) Total() int {
	total := 0
	for _, n := range b.parts() {
		total += *n
	}
	return total
}

// sum is a digest, of however much of each.
func (b Budget) sum() uint64 {
	var sum uint64
	for _, n := range b.parts() {
		sum = mix(sum + uint64(*n))
	}
	return sum
}

func (b Budget) minus(left Budget) Budget {
	rest := left.parts()
	for i, n := range b.parts() {
		*n -= *rest[i]
	}
	return b
}

// mysql tells whether anything may go wrong with MySQL.
func (b Budget) mysql() bool { return b.MySQLCuts > 0 || b.MySQLRestarts > 0 }

// String names what the budget allows: "crashes 1, lost replies 2"; "no faults"
// of an empty one.
func (b Budget) String() string {
	var parts []string
	v := reflect.ValueOf(b)
	for i := range v.NumField() {
		if n := v.Field(i).Int(); n > 0 {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			parts = append(parts, fmt.Sprintf("%s %d", strings.ReplaceAll(name, "_", " "), n))
		}
	}
	if parts == nil {
		return "no faults"
	}
	return strings.Join(parts, ", ")
}

// Loosened also allows whatever does less harm than what the budget allows,
// and one more of each, so that a schedule can be tried with lesser faults.
func (b Budget) Loosened() Budget {
	loose := b
	more := func(n *int, when int) {
		if when > 0 {
			*n = max(*n, when)
		}
	}
	worker := b.Crashes + b.Restarts
	more(&loose.Crashes, worker)
	for _, n := range []*int{&loose.GiveUps, &loose.HalfReplies} {
		more(n, worker)
	}
	more(&loose.LostReplies, worker+b.GiveUps+b.HalfReplies+b.LostReplies)
	more(&loose.Cuts, worker+b.GiveUps+b.HalfReplies+b.LostReplies+b.Cuts)
	return loose
}
