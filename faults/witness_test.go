package faults_test

import (
	"strings"
	"testing"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/witness"
)

// sentences are what is said of each kind that strikes real servers and workers.
var sentences = map[faults.Kind]string{
	faults.MySQLCut:    "w0 lost a connection (mysql-cut) in step 4.",
	faults.Cut:         "w0 lost a connection (cut) in step 4.",
	faults.LoseReply:   "the commit of w0 was executed in step 4, and its reply lost",
	faults.HalfReply:   "the commit of w0 was executed in step 4, and its reply lost",
	faults.LateRequest: "the commit of w0 was executed in step 4, and its reply lost",
	faults.Kill:        "w0 got it in step 2 and was killed in step 5",
	faults.KillClient:  "w0 lost a connection (kill-client) in step 4.",
	faults.Pause:       "w0 stood still from step 4 on.",
	faults.RedisKill:   "Redis died in step 4.",
	faults.RedisPower:  "Redis died in step 4.",
	faults.Failover:    "Redis died in step 4.",
	faults.MySQLKill:   "MySQL died in step 4.",
	faults.Evict:       "Redis lost a key of the job in step 4.",
	faults.EvictList:   "Redis lost the list in step 4.",
	faults.Partition:   "w0 was cut off from the servers from step 4 on.",
	faults.HalfOpen:    "w0 got it in step 2 and was killed in step 5",
	faults.RedisClock:  "Redis jumped ahead in time, and leases ran out in step 4.",
	faults.Refuse:      "Redis began to refuse writes in step 4.",
}

func TestAWitnessTellsOfEveryKind(t *testing.T) {
	for _, spec := range faults.All() {
		if spec.NotLive != "" {
			continue // it is in no history
		}
		want := sentences[spec.Kind]
		if want == "" {
			t.Errorf("%s: there is no sentence of it", spec.Kind)
			continue
		}
		before := steps(0, "claiming", "claimed", "reading", "read", "committing")
		struck := append(before, struckBy(spec)...)
		told := tell(t, reports.Lost, struck)
		if spec.Effect != reports.WorkerDies {
			moved := append(struck, steps(1, "claiming", "claimed", "reading", "read", "committing", "committed", "released")...)
			told = tell(t, reports.Duplicated, append(moved, steps(0, "committed")...))
		}
		if !strings.Contains(told, want) {
			t.Errorf("%s: no %q in %q", spec.Kind, want, told)
		}
	}
}

func steps(worker int, names ...string) (events []reports.Event) {
	for _, name := range names {
		events = append(events, reports.Event{Kind: reports.EventStep, Worker: worker, Step: name})
	}
	return events
}

// struckBy is how a history tells that a fault strikes worker 0, or a server.
func struckBy(spec faults.Spec) []reports.Event {
	if spec.Server() && spec.Effect == "" {
		server := "redis"
		if spec.Kind == faults.MySQLKill {
			server = "mysql"
		}
		return []reports.Event{{Kind: reports.EventServer, Worker: -1, Chunk: -1, Server: server, Change: reports.ServerGone}}
	}
	seen := reports.Event{Kind: reports.EventFault, Fault: &reports.FaultRef{
		Kind: string(spec.Kind), Line: spec.Example, Phase: reports.FaultSeen, Effect: spec.Effect,
	}}
	if spec.Server() {
		seen.Worker, seen.Chunk = -1, -1
	}
	if spec.Effect == reports.WorkerDies {
		return []reports.Event{{Kind: reports.EventWorker, Change: reports.WorkerKilled}, seen}
	}
	return []reports.Event{seen}
}

func tell(t *testing.T, verdict reports.Verdict, history []reports.Event) string {
	t.Helper()
	run := reports.Run{Witnesses: []reports.Witness{{Outcome: string(verdict), Row: "1", Times: 2}}}
	c, ok := witness.Of(run, verdict, history)
	if !ok {
		t.Fatalf("nothing is told of %+v", history)
	}
	return c.Sentence
}
