package loader_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"onceover/scenarios/servers/serverstest"
)

// usage is what something took: of the clock, and of the processors by all processes that
// had a part in it.
type usage struct {
	wall time.Duration
	cpu  [len(clockParts)]time.Duration
}

// clockParts are this process, those that it started, the servers, and the processes
// through which Docker publishes their ports.
var clockParts = [...]string{"here", "children", "Redis", "MySQL", "ports"}

func (u usage) total() (sum time.Duration) {
	for _, c := range u.cpu {
		sum += c
	}
	return sum
}

func (u usage) since(before usage) usage {
	u.wall -= before.wall
	for i := range u.cpu {
		u.cpu[i] -= before.cpu[i]
	}
	return u
}

// clock reads what was used so far.
type clock struct {
	f     *fixture
	began time.Time
	mysql int   // its process, 0 if it is not on this host
	ports []int // the processes that publish ports
}

func newClock(f *fixture) clock {
	c := clock{f: f, began: time.Now(), ports: proxies(f.options.Addr, f.mysql.Addr)}
	if id := serverstest.Process(f.t, "MySQL"); named(id, "mysqld") {
		c.mysql = id
	}
	return c
}

// whole tells whether all that has a part is seen.
func (c clock) whole() bool { return c.mysql != 0 }

func (c clock) read() usage {
	c.f.t.Helper()
	u := usage{wall: time.Since(c.began)}
	for i, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var r syscall.Rusage
		if err := syscall.Getrusage(who, &r); err != nil {
			c.f.t.Fatal(err)
		}
		u.cpu[i] = time.Duration(r.Utime.Nano() + r.Stime.Nano())
	}
	info := c.f.redis.InfoMap(c.f.t.Context(), "cpu").Val()["CPU"]
	for _, field := range []string{"used_cpu_user", "used_cpu_sys"} {
		seconds, err := strconv.ParseFloat(info[field], 64)
		if err != nil {
			c.f.t.Fatalf("INFO cpu: %s: %v", field, err)
		}
		u.cpu[2] += time.Duration(seconds * float64(time.Second))
	}
	if c.mysql != 0 {
		u.cpu[3] = c.processor(c.mysql)
	}
	for _, id := range c.ports {
		u.cpu[4] += c.processor(id)
	}
	return u
}

// processor reads /proc: fields 14 and 15, in hundredths of a second.
func (c clock) processor(id int) (sum time.Duration) {
	c.f.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
	if err != nil {
		c.f.t.Fatal(err)
	}
	_, after, _ := bytes.Cut(text, []byte(") ")) // the name may hold spaces
	for _, field := range strings.Fields(string(after))[11:13] {
		ticks, err := strconv.Atoi(field)
		if err != nil {
			c.f.t.Fatal(err)
		}
		sum += time.Duration(ticks) * 10 * time.Millisecond
	}
	return sum
}

func named(id int, name string) bool {
	comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", id))
	return err == nil && strings.TrimSpace(string(comm)) == name
}

// proxies finds the processes through which Docker publishes the given addresses, if there
// are any: it may also have the kernel do it.
func proxies(addrs ...string) (ids []int) {
	commands, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range commands {
		text, _ := os.ReadFile(path) // it may have ended
		for _, addr := range addrs {
			_, port, _ := net.SplitHostPort(addr)
			if bytes.Contains(text, []byte("docker-proxy\x00")) && bytes.Contains(text, []byte("-host-port\x00"+port+"\x00")) {
				id, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
				ids = append(ids, id)
			}
		}
	}
	return ids
}
