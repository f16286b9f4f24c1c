package redismodel

import (
	"fmt"
	"slices"
	"strings"
)

// runID is as long as a real one and differs after every restart.
func (s *Server) runID() string { return fmt.Sprintf("51de%036x", s.restarts+1) }

// infoSections are the sections of INFO, a header and its fields each, in the
// order of a real server.
func (s *Server) infoSections() [][]string {
	keyspace := []string{"# Keyspace"}
	if n := len(s.live()); n > 0 {
		keyspace = append(keyspace, fmt.Sprint("db0:keys=", n))
	}
	aof := 0
	if s.config.appendonly {
		aof = 1
	}
	return [][]string{
		{"# Server", "redis_version:" + version, "redis_mode:standalone", "run_id:" + s.runID(),
			"tcp_port:6379", fmt.Sprint("uptime_in_seconds:", int64(s.now.Seconds()))},
		{"# Clients", fmt.Sprint("connected_clients:", len(s.conns)), "maxclients:10000", fmt.Sprint("blocked_clients:", s.countBlocked()),
			fmt.Sprint("watching_clients:", s.watchers)},
		{"# Memory", fmt.Sprint("used_memory:", memoryBase+s.used), fmt.Sprint("maxmemory:", s.config.maxmemory),
			"maxmemory_policy:" + s.config.policy},
		{"# Persistence", "loading:0", "rdb_bgsave_in_progress:0", fmt.Sprint("aof_enabled:", aof), "aof_last_write_status:ok"},
		{"# Replication", "role:master", "connected_slaves:0"},
		keyspace,
	}
}

func (s *Server) countBlocked() (n int) {
	for _, c := range s.conns {
		if c.blocked {
			n++
		}
	}
	return n
}

// missingSections of INFO exist in Redis and not in the model.
var missingSections = []string{
	"cluster", "commandstats", "cpu", "debug", "errorstats", "keysizes", "latencystats", "modules", "stats", "threads",
}

func cmdInfo(s *Server, c *conn, args [][]byte, out []byte) []byte {
	var text []string
	for _, a := range args[1:] {
		if name := strings.ToLower(string(a)); slices.Contains(missingSections, name) {
			return s.refuse(out, "info "+name)
		}
	}
	for _, section := range s.infoSections() {
		wanted := len(args) == 1
		for _, a := range args[1:] {
			wanted = wanted || is(a, section[0][2:]) || is(a, "ALL") || is(a, "DEFAULT") || is(a, "EVERYTHING")
		}
		if wanted {
			text = append(text, strings.Join(section, "\r\n")+"\r\n")
		}
	}
	return c.appendVerbatim(out, []byte(strings.Join(text, "\r\n")))
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

// waits reports whether a command may wait: one that is queued or in a script
// answers at once.
func (c *conn) waits() bool { return !c.multi && !c.script }

// cmdWait answers at once: there are no replicas to wait for. A real server
// answers the same after the timeout, and without one neither ever answers.
func cmdWait(s *Server, c *conn, args [][]byte, out []byte) []byte {
	replicas, ok := parseInt(args[1])
	if !ok {
		return appendError(out, errNotInteger)
	}
	if msg := waitTimeout(args[2]); msg != "" {
		return appendError(out, msg)
	}
	if replicas > 0 && string(args[2]) == "0" && c.waits() {
		c.blocked = true
		return out
	}
	return appendInt(out, 0)
}

// cmdWaitAOF secures what was written and answers at once, where a real server
// waits for the fsync.
func cmdWaitAOF(s *Server, c *conn, args [][]byte, out []byte) []byte {
	local, replicas, msg := s.parseWaitAOF(args)
	switch {
	case msg != "":
		return appendError(out, msg)
	case replicas > 0 && string(args[3]) == "0" && c.waits():
		c.blocked = true
		return out
	case !s.config.appendonly:
		return appendInt(appendInt(appendArray(out, 2), 0), 0)
	case s.config.fsync == "no":
		return s.refuse(out, "waitaof under appendfsync no")
	case local == 0 || !c.waits():
		return s.refuse(out, "waitaof that does not wait for the file")
	}
	s.fsync()
	return appendInt(appendInt(appendArray(out, 2), 1), 0)
}

func (s *Server) parseWaitAOF(args [][]byte) (local, replicas int64, msg string) {
	local, ok := parseInt(args[1])
	if !ok {
		return 0, 0, errNotInteger
	}
	if local < 0 || local > 1 {
		return 0, 0, "ERR value is out of range, value must between 0 and 1"
	}
	if replicas, ok = parseInt(args[2]); !ok || replicas < 0 {
		return 0, 0, errNotPositive
	}
	if msg := waitTimeout(args[3]); msg != "" {
		return 0, 0, msg
	}
	if local == 1 && !s.config.appendonly {
		return 0, 0, "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled."
	}
	return local, replicas, ""
}
