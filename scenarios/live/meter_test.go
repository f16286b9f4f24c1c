package live

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/reports"
)

// says answers INFO with one text after the other.
type says []string

func (s *says) Info(context.Context, ...string) *redis.StringCmd {
	text := (*s)[0]
	*s = (*s)[1:]
	if text == "" {
		return redis.NewStringResult("", errors.New("no answer"))
	}
	return redis.NewStringResult(strings.ReplaceAll(text, "\n", "\r\n"), nil)
}

const (
	firstLife = `# Server
run_id:a
used_cpu_sys_main_thread:0.100000
used_cpu_user_main_thread:0.200000
cmdstat_info:calls=4,usec=9,usec_per_call=2.25,rejected_calls=0,failed_calls=0
cmdstat_hello:calls=2,usec=1,usec_per_call=0.50,rejected_calls=0,failed_calls=0
cmdstat_lpush:calls=10,usec=1,usec_per_call=0.10,rejected_calls=0,failed_calls=0
`
	later = `run_id:a
used_cpu_sys_main_thread:0.101000
used_cpu_user_main_thread:0.204500
cmdstat_info:calls=5,usec=9,usec_per_call=2.25,rejected_calls=0,failed_calls=0
cmdstat_hello:calls=9,usec=1,usec_per_call=0.50,rejected_calls=0,failed_calls=0
cmdstat_client|setinfo:calls=18,usec=1,usec_per_call=0.50,rejected_calls=0,failed_calls=0
cmdstat_client|list:calls=7,usec=1,usec_per_call=0.50,rejected_calls=0,failed_calls=0
cmdstat_lpush:calls=30,usec=1,usec_per_call=0.10,rejected_calls=0,failed_calls=0
cmdstat_evalsha:calls=3,usec=1,usec_per_call=0.10,rejected_calls=0,failed_calls=1
`
)

func TestWhatTheServerDidForTheWorkersIsMeasured(t *testing.T) {
	var m meter
	client := &says{firstLife, later}
	m.begin(t.Context(), client)
	m.asked("client|list", 2)
	var c reports.Cost
	why := m.read(t.Context(), client, &c)
	if why != "" || c.RedisCommands == nil || c.RedisCPUMS == nil {
		t.Fatalf("%+v: %s", c, why)
	}
	if *c.RedisCommands != 20+3+7-2 || *c.RedisCPUMS < 5.49 || *c.RedisCPUMS > 5.51 {
		t.Errorf("%d commands and %v ms, want 28 and 5.5", *c.RedisCommands, *c.RedisCPUMS)
	}
}

func TestWhatCannotBeMeasuredIsNotZero(t *testing.T) {
	for name, c := range map[string]struct {
		answers  says
		looks    int64
		why      string
		commands bool
	}{
		"another life":      {says{firstLife, strings.ReplaceAll(later, "run_id:a", "run_id:b")}, 0, "started anew", false},
		"no answer before":  {says{""}, 0, "no answer", false},
		"no answer after":   {says{firstLife, ""}, 0, "no answer", false},
		"no statistics":     {says{"run_id:a\n"}, 0, "lacks", false},
		"not a number":      {says{firstLife, "run_id:a\ncmdstat_get:calls=x\n"}, 0, "cannot be read", false},
		"no thread's time":  {says{strings.ReplaceAll(firstLife, "_main_thread", ""), later}, 0, "main thread", true},
		"the harness looks": {says{firstLife, later}, 40, "kept asking", true},
	} {
		var m meter
		m.begin(t.Context(), &c.answers)
		m.followed = c.looks > 0
		var cost reports.Cost
		why := m.read(t.Context(), &c.answers, &cost)
		if !strings.Contains(why, c.why) || (cost.RedisCommands != nil) != c.commands || cost.RedisCPUMS != nil {
			t.Errorf("%s: %+v, %q", name, cost, why)
		}
	}
}
