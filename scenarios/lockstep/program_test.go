package lockstep_test

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/scenarios"
	"onceover/scenarios/lockstep"
	"onceover/scenarios/servers/serverstest"
	"onceover/scenarios/worker"
)

// asProgram makes the test program be a worker: the one of that name.
const asProgram = "LOCKSTEP_TEST_PROGRAM"

// programs are small workers that know their rows without MySQL.
var programs = map[string]func(job){
	"published":   job.published,
	"conditional": job.conditional,
	"sleeper":     job.sleeper,
	"threaded":    job.threaded,
	"poller":      job.poller,
	"spinner":     job.spinner,
	"spread":      job.spread,
	"astray":      job.astray,
	"added":       job.added,
	"added-twice": job.addedTwice,
	"silent":      func(job) {},
	"crasher":     func(job) { fmt.Fprintln(os.Stderr, "no idea where to begin"); os.Exit(3) },
	"deaf":        func(job) { select {} },
	"idle":        func(j job) { j.redis.LLen(j.ctx, j.List) },
	"blocked":     job.blocked,
	"garbled":     job.garbled,
	"dying":       job.dying,
	"leased":      job.leased,
	"long-leased": job.longLeased,
	"careless":    job.careless,
	"careful":     job.careful,
	"forgetful":   func(j job) { j.conditional(); os.Exit(1) },
}

func TestMain(m *testing.M) {
	if name := os.Getenv(asProgram); name != "" {
		told, err := worker.FromEnv(func(name string) string {
			if value := os.Getenv(name); value != "" || !strings.HasPrefix(name, "MYSQL_") {
				return value
			}
			return "1" // there is none, and nobody asks
		})
		if err != nil {
			panic(err)
		}
		options, err := redis.ParseURL(told.RedisURL)
		if err != nil {
			panic(err)
		}
		options.MaxRetries = -1
		programs[name](job{told, context.Background(), redis.NewClient(options)})
		os.Exit(0)
	}
	os.Exit(serverstest.Main(m))
}

type job struct {
	worker.Contract
	ctx   context.Context
	redis *redis.Client
}

func (j job) rows(chunk int) (all []any) {
	for i := range int64(j.ChunkSize) {
		id := 1 + int64(chunk*j.ChunkSize) + i
		all = append(all, fmt.Sprintf(`{"id":%d,"payload":%q}`, id, scenarios.Payload(id)))
	}
	return all
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// published is the published scheme: wrong.
func (j job) published() {
	for chunk := range j.Chunks {
		if must(j.redis.GetBit(j.ctx, j.List+":done", int64(chunk)).Result()) == 1 {
			continue
		}
		name := fmt.Sprint("chunk_", chunk)
		var list *redis.StringCmd
		must(j.redis.TxPipelined(j.ctx, func(tx redis.Pipeliner) error {
			list = tx.ClientList(j.ctx)
			tx.Do(j.ctx, "CLIENT", "SETNAME", name)
			return nil
		}))
		if slices.Contains(strings.Fields(list.Val()), "name="+name) {
			continue
		}
		must(j.redis.TxPipelined(j.ctx, func(tx redis.Pipeliner) error {
			tx.RPush(j.ctx, j.List, j.rows(chunk)...)
			tx.SetBit(j.ctx, j.List+":done", int64(chunk), 1)
			return nil
		}))
	}
}

var commit = `
if redis.call("GETBIT", KEYS[2], ARGV[1]) == 1 then return 0 end
for i = 2, #ARGV do redis.call("RPUSH", KEYS[1], ARGV[i]) end
redis.call("SETBIT", KEYS[2], ARGV[1], 1)
return 1`

// conditional commits a chunk only if nobody has: right.
func (j job) conditional() {
	for chunk := range j.Chunks {
		args := append([]any{chunk}, j.rows(chunk)...)
		must(j.redis.Eval(j.ctx, commit, []string{j.List, j.List + ":done"}, args...).Result())
	}
}

// sleeper is conditional, and worker 0 sleeps between a look at the list and the rest. The
// sleep is the thing that is tested, and no wait for something.
func (j job) sleeper() {
	if j.Worker == 0 {
		must(j.redis.LLen(j.ctx, j.List).Result())
		time.Sleep(time.Second)
	}
	j.conditional()
}

// threaded is conditional, while another thread of it asks for the length of the list. It
// computes after each of its requests, which is the thing that is tested.
func (j job) threaded() {
	for chunk := range j.Chunks {
		args := append([]any{chunk}, j.rows(chunk)...)
		must(j.redis.Eval(j.ctx, commit, []string{j.List, j.List + ":done"}, args...).Result())
		if chunk == 0 {
			go j.redis.LLen(j.ctx, j.List)
		}
		for began := time.Now(); time.Since(began) < 50*time.Millisecond; {
		}
	}
}

// poller is conditional, but for worker 1, which looks again and again at the list. The sleep
// is the thing that is tested.
func (j job) poller() {
	if j.Worker == 0 {
		j.conditional()
		return
	}
	for must(j.redis.LLen(j.ctx, j.List).Result()) < int64(j.Chunks*j.ChunkSize) {
		time.Sleep(20 * time.Millisecond)
	}
}

// spinner is conditional, and a thread of it never rests.
func (j job) spinner() {
	go func() {
		for n := 0; ; n++ {
		}
	}()
	j.conditional()
}

// blocked is conditional, but worker 0 first waits in the server for what never comes.
func (j job) blocked() {
	if j.Worker == 0 {
		must(j.redis.BLPop(j.ctx, 0, j.List+":never").Result())
	}
	j.conditional()
}

// garbled speaks another protocol.
func (j job) garbled() {
	conn := must(net.Dial("tcp", j.redis.Options().Addr))
	must(conn.Write([]byte("*x\r\n")))
	must(conn.Read(make([]byte, 1)))
}

// dying asks the server for an element that never comes, and ends meanwhile. The time is
// long enough for the request to wait there.
func (j job) dying() {
	conn := must(net.Dial("tcp", j.redis.Options().Addr))
	must(fmt.Fprintf(conn, "BLPOP %s:never 0\r\n", j.List))
	time.Sleep(300 * time.Millisecond)
	os.Exit(1)
}

// command starts one of the programs. A library of the harness looks at every process of the
// machine as soon as it begins, and here it need not.
func command(program string) worker.Command {
	return worker.Command{"env", asProgram + "=" + program, "HOST_PROC=/nonexistent", os.Args[0]}
}

// open makes a world of a program, with a model in the place of Redis.
func open(t *testing.T, program string, options lockstep.Options) *lockstep.World {
	t.Helper()
	options.Command = command(program)
	return openWith(t, options, lockstep.Servers{RedisAddr: fakeRedis(t)})
}

func openWith(t testing.TB, options lockstep.Options, on lockstep.Servers) *lockstep.World {
	t.Helper()
	options.ServerWait = cmp.Or(options.ServerWait, 5*time.Second) // a slow answer makes no run weak
	w, err := lockstep.OpenOn(t.Context(), options, on)
	t.Cleanup(func() {
		if err := w.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}
