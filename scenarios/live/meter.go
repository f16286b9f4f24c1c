package live

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"onceover/reports"
	"onceover/reports/format"
)

// infoClient is what a meter needs of a client.
type infoClient interface {
	Info(ctx context.Context, sections ...string) *redis.StringCmd
}

// meter tells what Redis does for the workers of one run: the difference
// between two readings, less what the harness itself asked for meanwhile.
type meter struct {
	why     string // nothing is measured
	before  reading
	harness map[string]int64 // commands of the harness between the readings

	followed bool // the harness kept asking how much had arrived
}

// reading is what Redis says of itself: https://redis.io/docs/latest/commands/info/.
type reading struct {
	life     string           // of the server
	commands map[string]int64 // calls, by name; a subcommand as in client|list
	cpuMS    float64
	cpu      bool // it tells the time of its main thread
}

// handshake is what clients send of their own accord when they connect.
var handshake = map[string]bool{
	"hello": true, "auth": true, "select": true, "client|setinfo": true, "client|maint_notifications": true,
}

// startMeter takes the first reading of the run's Redis, if what it does can be put
// down to the workers.
func (r *run) startMeter(ctx context.Context) error {
	switch {
	case r.world.options.Redis != nil:
		r.meter.why = "the server was not started here, and may serve others too"
		return nil
	case r.e.Workload.Consumers > 0:
		r.meter.why = "consumers popped meanwhile"
		return nil
	}
	client, err := r.world.admin(ctx, r.redis)
	if err != nil {
		return err
	}
	defer client.Close()
	r.meter.begin(ctx, client)
	return r.startLockMeters(ctx)
}

// asked says how often the harness itself gave a command between the readings.
func (m *meter) asked(command string, times int64) {
	if m.harness == nil {
		m.harness = map[string]int64{}
	}
	m.harness[command] += times
}

// begin takes the first reading. That a server does not answer is not the
// meter's affair, only that nothing can be measured then.
func (m *meter) begin(ctx context.Context, client infoClient) {
	m.asked("info", 1)
	var err error
	if m.before, err = read(ctx, client); err != nil {
		m.why = format.OneLine(err)
	}
}

// read takes the second reading and puts what Redis did in the cost. It says what is
// not known, and why.
func (m *meter) read(ctx context.Context, client infoClient, cost *reports.Cost) (why string) {
	const both = "the commands and the processor time of Redis: "
	if m.why != "" {
		return both + m.why
	}
	after, err := read(ctx, client)
	switch {
	case err != nil:
		return both + format.OneLine(err)
	case after.life != m.before.life:
		return both + "the server was started anew in between"
	}
	cost.RedisCommands = new(m.commands(after))
	switch {
	case m.followed:
		return "the processor time of Redis: the harness kept asking how much had arrived"
	case !m.before.cpu || !after.cpu:
		return "the processor time of Redis: it does not tell that of its main thread"
	}
	cost.RedisCPUMS = new(math.Round(1000*(after.cpuMS-m.before.cpuMS)) / 1000) // told in microseconds
	return ""
}

func (m *meter) commands(after reading) (n int64) {
	for name, calls := range after.commands {
		if !handshake[name] {
			n += calls - m.before.commands[name] - m.harness[name]
		}
	}
	return n
}

func read(ctx context.Context, client infoClient) (reading, error) {
	text, err := client.Info(ctx, "server", "cpu", "commandstats").Result()
	if err != nil {
		return reading{}, fmt.Errorf("it did not say what it had done: %w", err)
	}
	return parseReading(text)
}

func parseReading(info string) (reading, error) {
	r := reading{commands: map[string]int64{}}
	var cpu int
	for line := range strings.Lines(info) {
		field, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		name, isCommand := strings.CutPrefix(field, "cmdstat_")
		var err error
		switch {
		case isCommand:
			calls, _, _ := strings.Cut(strings.TrimPrefix(value, "calls="), ",")
			r.commands[name], err = strconv.ParseInt(calls, 10, 64)
		case field == "run_id":
			r.life = value
		case field == "used_cpu_sys_main_thread", field == "used_cpu_user_main_thread":
			var seconds float64
			seconds, err = strconv.ParseFloat(value, 64)
			r.cpuMS += 1000 * seconds
			cpu++
		}
		if err != nil {
			return r, fmt.Errorf("its INFO cannot be read: %w", err)
		}
	}
	r.cpu = cpu == 2
	if r.life == "" || len(r.commands) == 0 {
		return r, fmt.Errorf("its INFO lacks run_id or commandstats")
	}
	return r, nil
}
