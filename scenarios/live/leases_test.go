package live

import (
	"bytes"
	"testing"
	"time"

	"onceover/faults/proxy"
	"onceover/faults/wire"
)

func TestALeaseIsSeenInTheRequests(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"SET k v NX PX 1500":                           1500 * time.Millisecond,
		"set k v ex 10 nx":                             10 * time.Second,
		"SET k v PX 1500":                              0, // no lock
		"SET k v NX":                                   0,
		"SET k v NX PX":                                0,
		"SET k v NX PX soon":                           0,
		"SET k v NX EX 9223372036854775807":            time.Hour,
		"SETNX k v|EXPIRE k 3":                         3 * time.Second,
		"SETNX k v|PEXPIRE k 300":                      300 * time.Millisecond,
		"EXPIRE k 3":                                   0,
		"SET k v NX PX 10|SET k v NX PX 9|GET k|PING|": 10 * time.Millisecond,
	} {
		var l leases
		for line := range bytes.SplitSeq([]byte(text), []byte("|")) {
			l.see(proxy.Request{Request: wire.Request{Protocol: wire.RESP, Args: bytes.Fields(line)}})
		}
		if got := l.longest(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
