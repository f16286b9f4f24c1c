package redismodel

import (
	"slices"
	"strconv"
	"strings"
)

var fsyncNames = []string{"everysec", "always", "no"}

const noEviction = "noeviction"

var policyNames = []string{
	"volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
	"allkeys-lru", "allkeys-lfu", "allkeys-random", noEviction,
}

// config is what CONFIG SET can change; a restart undoes it.
type config struct {
	appendonly  bool
	fsync       string
	maxmemory   int64
	policy      string
	policyTicks bool // the policy needs to know when a key was last used
	timeout     int64
	keepalive   int64
}

func configOf(o Options) config {
	c := config{appendonly: o.Persistence != None, fsync: "everysec", policy: noEviction, keepalive: 300}
	if o.Persistence == Always {
		c.fsync = "always"
	}
	return c
}

// setting is one configuration parameter that the model knows.
type setting struct {
	name string
	get  func(*config) string
	set  func(*config, string) (msg string)
}

var settings = []setting{
	{"appendfsync", func(c *config) string { return c.fsync },
		func(c *config, v string) string { return setOneOf(&c.fsync, v, fsyncNames) }},
	{"appendonly", func(c *config) string { return yesNo(c.appendonly) }, setAppendOnly},
	{"maxmemory", func(c *config) string { return strconv.FormatInt(c.maxmemory, 10) }, setMaxMemory},
	{"maxmemory-policy", func(c *config) string { return c.policy },
		func(c *config, v string) string { return setOneOf(&c.policy, v, policyNames) }},
	{"tcp-keepalive", func(c *config) string { return strconv.FormatInt(c.keepalive, 10) },
		func(c *config, v string) string { return setSeconds(&c.keepalive, v) }},
	{"timeout", func(c *config) string { return strconv.FormatInt(c.timeout, 10) },
		func(c *config, v string) string { return setSeconds(&c.timeout, v) }},
}

func findSetting(name []byte) *setting {
	i := slices.IndexFunc(settings, func(f setting) bool { return is(name, f.name) })
	if i < 0 {
		return nil
	}
	return &settings[i]
}

func yesNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

func setOneOf(to *string, v string, names []string) string {
	v = strings.ToLower(v)
	if !slices.Contains(names, v) {
		return "argument(s) must be one of the following: " + strings.Join(names, ", ")
	}
	*to = v
	return ""
}

func setAppendOnly(c *config, v string) string {
	v = strings.ToLower(v)
	if v != "yes" && v != "no" {
		return "argument must be 'yes' or 'no'"
	}
	c.appendonly = v == "yes"
	return ""
}

func setSeconds(to *int64, v string) string {
	n, ok := parseInt([]byte(v))
	switch {
	case !ok:
		return "argument couldn't be parsed into an integer"
	case n < 0 || n > 1<<31-1:
		return "argument must be between 0 and 2147483647 inclusive"
	}
	*to = n
	return ""
}

var memoryUnits = []struct {
	suffix string
	bytes  int64
}{{"kb", 1 << 10}, {"mb", 1 << 20}, {"gb", 1 << 30}, {"k", 1e3}, {"m", 1e6}, {"g", 1e9}, {"b", 1}, {"", 1}}

func setMaxMemory(c *config, v string) string {
	v = strings.ToLower(v)
	for _, u := range memoryUnits {
		if digits, ok := strings.CutSuffix(v, u.suffix); ok {
			n, err := strconv.ParseUint(digits, 10, 40)
			if err != nil {
				break
			}
			c.maxmemory = int64(n) * u.bytes
			return ""
		}
	}
	return "argument must be a memory value"
}

func cmdConfigGet(s *Server, c *conn, args [][]byte, out []byte) []byte {
	var found []*setting
	for _, a := range args[2:] {
		f := findSetting(a)
		if f == nil {
			return s.refuse(out, "config get "+string(a))
		}
		if !slices.Contains(found, f) {
			found = append(found, f)
		}
	}
	out = c.appendMap(out, len(found))
	for _, f := range found {
		out = appendBulk(appendBulk(out, f.name), f.get(&s.config))
	}
	return out
}

func cmdConfigSet(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	if len(args)%2 == 1 {
		return appendError(out, errSyntax)
	}
	next := s.config
	var seen []*setting
	for i := 2; i < len(args); i += 2 {
		f := findSetting(args[i])
		if f == nil {
			return s.refuse(out, "config set "+string(args[i]))
		}
		msg := "duplicate parameter"
		if !slices.Contains(seen, f) {
			msg = f.set(&next, string(args[i+1]))
		}
		if msg != "" {
			return appendError(out, "ERR CONFIG SET failed (possibly related to argument '"+string(args[i])+"') - "+msg)
		}
		seen = append(seen, f)
	}
	next.policyTicks = strings.HasSuffix(next.policy, "lru")
	if s.config.appendonly != next.appendonly {
		// Switched off, the file keeps what it has; switched on, it is written anew.
		s.fsync()
	}
	s.config = next
	return appendOK(out)
}
