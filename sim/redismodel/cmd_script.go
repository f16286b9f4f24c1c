package redismodel

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"maps"
	"regexp"
	"strings"

	"github.com/cespare/xxhash/v2"
)

const errNoScript = "NOSCRIPT No matching script. Please use EVAL."

// scriptRun is the script that is running.
type scriptRun struct {
	conn     conn
	readOnly bool
	wrote    bool
	oom      bool // the server was out of memory when the script began
	reply    []byte
}

func shaOf(body []byte) string {
	sum := sha1.Sum(body)
	return hex.EncodeToString(sum[:])
}

// gotoWord is a statement to gopher-lua, and a name like any other to Redis.
var gotoWord = regexp.MustCompile(`\bgoto\b`)

// mostEvaluated is how many scripts of EVAL a server remembers. Beyond, Redis
// forgets the one that was not used for the longest time.
const mostEvaluated = 500

// load compiles and remembers a script; msg says why it cannot.
func (s *Server) load(body []byte, evaluated bool) (sc *script, msg string) {
	if bytes.HasPrefix(body, []byte("#!")) {
		return nil, s.unsupportedError("script with a shebang")
	}
	if gotoWord.Match(body) {
		return nil, s.unsupportedError("script with goto")
	}
	sha := shaOf(body)
	if sc = s.scripts[sha]; sc != nil {
		return sc, ""
	}
	if sc = compile(sha, string(body)); sc.err != "" {
		return nil, sc.err
	}
	if evaluated {
		if s.evaluated == mostEvaluated {
			return nil, s.unsupportedError("eval of more than 500 scripts")
		}
		s.evaluated++
	}
	next := maps.Clone(s.scripts)
	next[sha] = sc
	s.scripts = next
	s.scriptHash += xxhash.Sum64String(sha)
	return sc, ""
}

func cmdScriptLoad(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	sc, msg := s.load(args[2], false)
	if msg != "" {
		return appendError(out, msg)
	}
	return appendBulk(out, sc.sha)
}

func cmdScriptExists(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	out = appendArray(out, len(args)-2)
	for _, sha := range args[2:] {
		out = appendBool(out, s.scripts[strings.ToLower(string(sha))] != nil)
	}
	return out
}

func cmdScriptFlush(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	if len(args) > 3 || (len(args) == 3 && !is(args[2], "SYNC") && !is(args[2], "ASYNC")) {
		return appendError(out, "ERR SCRIPT FLUSH only support SYNC|ASYNC option")
	}
	s.forgetScripts()
	return appendOK(out)
}

func (s *Server) forgetScripts() {
	s.scripts, s.scriptHash, s.evaluated = make(map[string]*script), 0, 0
}

func cmdScriptKill(_ *Server, _ *conn, _ [][]byte, out []byte) []byte {
	return appendError(out, "NOTBUSY No scripts in execution right now.")
}

func evaluates(readOnly bool) handler {
	return func(s *Server, c *conn, args [][]byte, out []byte) []byte {
		n, msg := numKeys(args)
		if msg != "" {
			return appendError(out, msg)
		}
		sc, msg := s.load(args[1], true)
		if msg != "" {
			return appendError(out, msg)
		}
		return s.run(c, sc, args[3:3+n], args[3+n:], readOnly, out)
	}
}

func evaluatesSHA(readOnly bool) handler {
	return func(s *Server, c *conn, args [][]byte, out []byte) []byte {
		if len(args[1]) != 2*sha1.Size {
			return appendError(out, errNoScript)
		}
		n, msg := numKeys(args)
		if msg != "" {
			return appendError(out, msg)
		}
		sc := s.scripts[strings.ToLower(string(args[1]))]
		if sc == nil {
			return appendError(out, errNoScript)
		}
		return s.run(c, sc, args[3:3+n], args[3+n:], readOnly, out)
	}
}

func numKeys(args [][]byte) (n int, msg string) {
	k, ok := parseInt(args[2])
	switch {
	case !ok:
		return 0, errNotInteger
	case k > int64(len(args)-3):
		return 0, "ERR Number of keys can't be greater than number of args"
	case k < 0:
		return 0, "ERR Number of keys can't be negative"
	}
	return int(k), ""
}

func (s *Server) run(c *conn, sc *script, keys, argv [][]byte, readOnly bool, out []byte) []byte {
	s.script = scriptRun{
		conn:     conn{id: c.id, addr: c.addr, resp: 2, script: true},
		readOnly: readOnly,
		oom:      s.short(),
		reply:    s.script.reply,
	}
	m := machines.Get().(*machine)
	out = m.run(s, c, sc, keys, argv, out)
	machines.Put(m)
	return out
}

// call runs one command for the script; failure is an error of the
// script interface, which has no "-" in front.
func (s *Server) call(args [][]byte) (reply []byte, failure string) {
	r := &s.script
	cmd := resolve(s.table, args)
	switch {
	case cmd == nil && s.missing(args) != "":
		return s.unknown(args, r.reply[:0]), ""
	case s.used > mostData:
		return s.refuse(r.reply[:0], tooMuchData), ""
	case cmd == nil:
		return nil, "ERR Unknown Redis command called from script"
	case !cmd.accepts(len(args)):
		return nil, "ERR Wrong number of args calling Redis command from script"
	case cmd.flags&noScript != 0:
		return nil, "ERR This Redis command is not allowed from script"
	case s.denies(cmd):
		return nil, "ERR ACL failure in script: " + noRight(cmd)
	case r.readOnly && cmd.flags&(write|replicates) != 0:
		return nil, "ERR Write commands are not allowed from read-only scripts."
	case r.oom && !r.wrote && cmd.flags&denyOOM != 0:
		return nil, errOOM
	case s.refusesWrites() != "" && !r.wrote && cmd.flags&write != 0:
		return nil, s.refusesWrites()
	}
	if cmd.flags&write != 0 {
		r.wrote = true
	}
	r.reply = cmd.run(s, &r.conn, args, r.reply[:0])
	return r.reply, ""
}
