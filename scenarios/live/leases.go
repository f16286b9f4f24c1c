package live

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"onceover/faults/proxy"
)

const (
	// longestPause is as long as a worker is paused at most so that its lease ends.
	longestPause = time.Minute
	// mostLocks bounds the keys that are remembered as locks without an end yet.
	mostLocks = 100_000
)

// leases learns from the requests of workers how long they hold a lock: from
// SET with NX and a time to live, and from SETNX and EXPIRE. What a script does
// is not seen.
type leases struct {
	mu    sync.Mutex
	max   time.Duration
	locks map[string]bool // set by SETNX
}

func (l *leases) longest() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.max
}

// see takes a look at a request to Redis.
func (l *leases) see(r proxy.Request) {
	if len(r.Args) < 3 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch r.Verb() {
	case "SET":
		l.max = max(l.max, setLease(r.Args[3:]))
	case "SETNX":
		if l.locks == nil {
			l.locks = map[string]bool{}
		}
		if len(l.locks) < mostLocks {
			l.locks[string(r.Args[1])] = true
		}
	case "EXPIRE", "PEXPIRE":
		if l.locks[string(r.Args[1])] {
			unit := map[string]time.Duration{"EXPIRE": time.Second, "PEXPIRE": time.Millisecond}[r.Verb()]
			l.max = max(l.max, times(r.Args[2], unit))
		}
	}
}

// setLease is the time to live that the options of SET give to a lock, or 0.
func setLease(options [][]byte) (lease time.Duration) {
	exclusive := false
	for i, option := range options {
		switch strings.ToUpper(string(option)) {
		case "NX":
			exclusive = true
		case "EX", "PX":
			unit := map[string]time.Duration{"EX": time.Second, "PX": time.Millisecond}[strings.ToUpper(string(option))]
			if i+1 < len(options) {
				lease = times(options[i+1], unit)
			}
		}
	}
	if !exclusive {
		return 0
	}
	return lease
}

// times reads a number of units; what is longer than an hour is an hour.
func times(number []byte, unit time.Duration) time.Duration {
	n, err := strconv.ParseInt(string(number), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, int64(time.Hour/unit))) * unit
}
