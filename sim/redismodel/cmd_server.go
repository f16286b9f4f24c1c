package redismodel

import (
	"fmt"
	"strconv"
	"strings"
)

// runID is as long as a real one and differs after every restart.
func (s *Server) runID() string { return fmt.Sprintf("51de%036x", s.restarts+1) }

// infoSections are the sections of INFO with the fields that the model has, in
// the order of a real server.
var infoSections = []struct {
	name  string
	write func(s *Server, line func(name, value string))
}{
	{"Server", func(s *Server, line func(name, value string)) {
		line("redis_version", version)
		line("redis_mode", "standalone")
		line("run_id", s.runID())
		line("tcp_port", "6379")
		line("uptime_in_seconds", strconv.FormatInt(int64(s.now.Seconds()), 10))
	}},
	{"Clients", func(s *Server, line func(name, value string)) {
		line("connected_clients", strconv.Itoa(len(s.conns)))
		line("maxclients", "10000")
		line("blocked_clients", "0")
		line("watching_clients", strconv.Itoa(s.watchers))
	}},
	{"Memory", func(s *Server, line func(name, value string)) {
		line("used_memory", strconv.FormatInt(memoryBase+s.used, 10))
		line("maxmemory", strconv.FormatInt(s.config.maxmemory, 10))
		line("maxmemory_policy", s.config.policy)
	}},
	{"Persistence", func(s *Server, line func(name, value string)) {
		enabled := "0"
		if s.config.appendonly {
			enabled = "1"
		}
		line("loading", "0")
		line("rdb_bgsave_in_progress", "0")
		line("aof_enabled", enabled)
		line("aof_last_write_status", "ok")
	}},
	{"Replication", func(_ *Server, line func(name, value string)) {
		line("role", "master")
		line("connected_slaves", "0")
	}},
	{"Keyspace", func(s *Server, line func(name, value string)) {
		if n := s.liveKeys(); n > 0 {
			line("db0", "keys="+strconv.Itoa(n))
		}
	}},
}

func cmdInfo(s *Server, c *conn, args [][]byte, out []byte) []byte {
	wanted := func(section string) bool {
		for _, a := range args[1:] {
			if strings.EqualFold(string(a), section) || is(a, "ALL") || is(a, "DEFAULT") || is(a, "EVERYTHING") {
				return true
			}
		}
		return len(args) == 1
	}
	var text []byte
	for _, section := range infoSections {
		if !wanted(section.name) {
			continue
		}
		if len(text) > 0 {
			text = append(text, "\r\n"...)
		}
		text = append(append(append(text, "# "...), section.name...), "\r\n"...)
		section.write(s, func(name, value string) {
			text = append(append(append(append(text, name...), ':'), value...), "\r\n"...)
		})
	}
	return c.appendVerbatim(out, text)
}

func cmdTime(s *Server, _ *conn, _ [][]byte, out []byte) []byte {
	us := s.epochMS*1000 + s.now.Microseconds()
	return appendBulkInt(appendBulkInt(appendArray(out, 2), us/1e6), us%1e6)
}

// waitTimeout parses the last argument of WAIT and WAITAOF.
func waitTimeout(arg []byte) (msg string) {
	switch n, ok := parseInt(arg); {
	case !ok:
		return "ERR timeout is not an integer or out of range"
	case n < 0:
		return "ERR timeout is negative"
	}
	return ""
}

// cmdWait answers at once: there are no replicas to wait for. A real server
// answers the same after the timeout.
func cmdWait(_ *Server, _ *conn, args [][]byte, out []byte) []byte {
	if _, ok := parseInt(args[1]); !ok {
		return appendError(out, errNotInteger)
	}
	if msg := waitTimeout(args[2]); msg != "" {
		return appendError(out, msg)
	}
	return appendInt(out, 0)
}

// cmdWaitAOF secures what was written and answers at once, where a real server
// waits for the fsync.
func cmdWaitAOF(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	local, ok := parseInt(args[1])
	if !ok {
		return appendError(out, errNotInteger)
	}
	if local < 0 || local > 1 {
		return appendError(out, "ERR value is out of range, value must between 0 and 1")
	}
	if n, ok := parseInt(args[2]); !ok || n < 0 {
		return appendError(out, errNotPositive)
	}
	if msg := waitTimeout(args[3]); msg != "" {
		return appendError(out, msg)
	}
	if local == 1 && !s.config.appendonly {
		return appendError(out, "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.")
	}
	synced := s.config.appendonly && s.config.fsync != "no"
	if synced {
		s.fsync()
	}
	return appendInt(appendBool(appendArray(out, 2), synced), 0)
}
