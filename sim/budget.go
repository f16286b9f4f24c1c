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

// sum is different for different budgets of less than 16 of each.
func (b Budget) sum() uint64 {
	var n uint64
	for _, part := range []int{
		b.Crashes, b.Restarts, b.LostReplies, b.Cuts, b.HalfReplies, b.GiveUps,
		b.ClientKills, b.Advances, b.RedisCrashes, b.MySQLCuts, b.MySQLRestarts,
	} {
		n = n<<4 + uint64(part)
	}
	return n
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

// Total is how many faults the budget allows, all in all.
func (b Budget) Total() int {
	return b.Crashes + b.Restarts + b.LostReplies + b.Cuts + b.HalfReplies + b.GiveUps +
		b.ClientKills + b.Advances + b.RedisCrashes + b.MySQLCuts + b.MySQLRestarts
}
