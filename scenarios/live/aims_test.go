package live

import (
	"slices"
	"testing"

	"onceover/faults"
	"onceover/faults/proxy"
	"onceover/reports"
)

func aimed(t *testing.T, text string) *aims {
	t.Helper()
	parsed, err := faults.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := newFaultPlan(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return newAims(plan, nil)
}

func TestAFaultMeetsTheRequestThatItAimsAt(t *testing.T) {
	for _, c := range []struct {
		plan, requests string
		hit            []int // requests
	}{
		{"kill request=EXEC", "1:MULTI 1:EXEC 1:EXEC", []int{1}},
		{"kill request=write nth=2", "1:LPUSH+ 1:GET 2:RPUSH+ 2:RPUSH+", []int{2}},
		{"kill request=write; kill request=write", "1:LPUSH+ 1:GET 1:LPUSH+", []int{0, 2}}, // one at a time
		{"kill request=write nth=2; cut request=RPUSH", "1:LPUSH+ 1:RPUSH+ 1:GET 1:RPUSH+", []int{1, 3}},
		{"kill worker=1 request=write", "1:LPUSH+", nil},
		{"kill request=UPDATE", "1:UPDATE+", nil}, // goes to MySQL
		{"kill at=read; kill progress=5%", "1:LPUSH+", nil},
	} {
		rule := aimed(t, c.plan).rule(0, toRedis, listTarget("list"))
		var hit []int
		for i, r := range requests(t, c.requests) {
			if r.Ordinal = uint64(i); rule != nil && rule(r) != proxy.Forward {
				hit = append(hit, i)
			}
		}
		if !slices.Equal(hit, c.hit) {
			t.Errorf("%s: hit are %v of %s, want %v", c.plan, hit, c.requests, c.hit)
		}
	}
}

func TestARequestThatTheServerRefusedIsMetAgain(t *testing.T) {
	a := aimed(t, "lose-reply request=write nth=2")
	rule := a.rule(3, toRedis, listTarget("list"))
	all := requests(t, "1:EVALSHA+ 1:EVALSHA+ 1:EVAL+")
	for i := range all {
		all[i].Ordinal = uint64(i)
	}
	if rule(all[0]) != proxy.Forward || rule(all[1]) == proxy.Forward {
		t.Fatal("the second write was not met")
	}
	m := a.take(numbered{3, toRedis, 1})
	if m == nil || a.take(numbered{3, toRedis, 1}) != nil {
		t.Fatal("what was met is taken once")
	}
	a.again(m)
	if rule(all[2]) == proxy.Forward {
		t.Error("the next write was not met")
	}
}

// A worker that dies already cannot show the effect of a second fault, so that one
// waits for a worker that lives.
func TestARequestOfADyingWorkerIsMetAgain(t *testing.T) {
	for name, w := range map[string]*workerProcess{
		"dying": {process: &process{}, onExit: func(reports.Change, string) {}},
		"dead":  {},
	} {
		for _, kind := range []proxy.Kind{proxy.Held, proxy.Withheld} {
			in := &injections{aims: aimed(t, "kill request=write")}
			requests := requests(t, "1:LPUSH+ 2:LPUSH+")
			requests[0].Ordinal, requests[1].Ordinal = 0, 1
			rule := in.aims.rule(w.number, toRedis, listTarget("list"))
			rule(requests[0])
			met := in.aims.hit[numbered{w.number, toRedis, 0}]
			release := met.release
			in.observe(w, toRedis, proxy.Event{Kind: kind, Ordinal: 0})
			if met.started {
				t.Errorf("%s, %s: the fault was injected at it", name, kind)
			}
			if rule(requests[1]) == proxy.Forward {
				t.Errorf("%s, %s: the next request was not met", name, kind)
			}
			if kept := len(release) == 0 || <-release; kept {
				t.Errorf("%s, %s: its request or reply is still kept back", name, kind)
			}
		}
	}
}
