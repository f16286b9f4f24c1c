package redismodel

import (
	"slices"
	"strings"
)

// groupRead is a parsed XREADGROUP.
type groupRead struct {
	group, consumer []byte
	count           int64 // 0: no limit
	forever         bool  // BLOCK 0
	noAck           bool
	keys, ids       [][]byte
}

func parseReadGroup(args [][]byte) (r groupRead, msg string) {
	for i := 1; i < len(args); i++ {
		more := len(args) - i - 1
		switch a := args[i]; {
		case is(a, "BLOCK") && more > 0:
			i++
			if msg := waitTimeout(args[i]); msg != "" {
				return r, msg
			}
			r.forever = string(args[i]) == "0"
		case is(a, "COUNT") && more > 0:
			i++
			n, ok := parseInt(args[i])
			if !ok {
				return r, errNotInteger
			}
			r.count = max(n, 0)
		case is(a, "GROUP") && more > 1:
			r.group, r.consumer = args[i+1], args[i+2]
			i += 2
		case is(a, "NOACK"):
			r.noAck = true
		case is(a, "STREAMS") && more > 0:
			if more%2 != 0 {
				return r, "ERR Unbalanced 'xreadgroup' list of streams: for each stream key an ID or '>' must be specified."
			}
			r.keys, r.ids = args[i+1:i+1+more/2], args[i+1+more/2:]
			i = len(args)
		default:
			return r, errSyntax
		}
	}
	switch {
	case r.keys == nil:
		return r, errSyntax
	case r.group == nil:
		return r, "ERR Missing GROUP option for XREADGROUP"
	}
	return r, ""
}

// check looks at every stream before any is read.
func (s *Server) check(r groupRead) (msg string) {
	for i, key := range r.keys {
		_, g, msg := s.findGroup(key, r.group)
		switch {
		case msg == errWrongType:
			return msg
		case g == nil:
			return msg + " in XREADGROUP with GROUP option"
		case string(r.ids[i]) == "$" || string(r.ids[i]) == "+":
			return strings.ReplaceAll("ERR The # ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The # ID would just return an empty result set.", "#", string(r.ids[i]))
		case string(r.ids[i]) == ">":
			continue
		}
		if _, ok := parseStreamID(r.ids[i], 0); !ok {
			return errStreamID
		}
	}
	return ""
}

// cmdXReadGroup answers at once. A BLOCK that finds nothing is taken to have
// timed out; one without a timeout cannot be.
func cmdXReadGroup(s *Server, c *conn, args [][]byte, out []byte) []byte {
	r, msg := parseReadGroup(args)
	if msg == "" {
		msg = s.check(r)
	}
	if msg != "" {
		return appendError(out, msg)
	}
	served, body := 0, []byte(nil)
	for i, key := range r.keys {
		o := s.writable(s.find(key))
		g := o.stream.group(r.group)
		if g.addConsumer(string(r.consumer)) {
			s.recorded(o)
		}
		var entries []byte
		if string(r.ids[i]) == ">" {
			fresh := s.deliver(o.stream, g, r)
			if len(fresh) == 0 {
				continue
			}
			entries = appendEntries(nil, fresh)
		} else {
			after, _ := parseStreamID(r.ids[i], 0)
			entries = s.appendHistory(nil, c, o.stream, g, r, after)
		}
		s.recorded(o)
		served++
		if c.resp != 3 {
			body = appendArray(body, 2)
		}
		body = append(appendBulk(body, key), entries...)
	}
	if served == 0 {
		if r.forever && !c.multi && !c.script {
			return s.refuse(out, "xreadgroup block 0 without data")
		}
		return c.appendNullArray(out)
	}
	if c.resp == 3 {
		out = c.appendMap(out, served)
	} else {
		out = appendArray(out, served)
	}
	return append(out, body...)
}

// deliver hands out entries that the group has not seen.
func (s *Server) deliver(t *stream, g *group, r groupRead) []streamEntry {
	i, found := t.at(g.last)
	if found {
		i++
	}
	entries := t.entries[i:]
	if r.count > 0 && int64(len(entries)) > r.count {
		entries = entries[:r.count]
	}
	for _, e := range entries {
		g.last = e.id
		if r.noAck {
			continue
		}
		p := pending{e.id, string(r.consumer), s.ms, 1}
		if at, found := g.at(e.id); found {
			g.pending[at] = p
		} else {
			g.pending = slices.Insert(g.pending, at, p)
		}
	}
	return entries
}

// appendHistory answers what is pending for the consumer, after an id. Entries
// that were deleted meanwhile have no fields.
func (s *Server) appendHistory(out []byte, c *conn, t *stream, g *group, r groupRead, after streamID) []byte {
	n, body := 0, []byte(nil)
	i, found := g.at(after)
	if found {
		i++
	}
	for ; i < len(g.pending) && (r.count == 0 || int64(n) < r.count); i++ {
		p := &g.pending[i]
		if p.consumer != string(r.consumer) {
			continue
		}
		n++
		if at, found := t.at(p.id); found {
			p.delivered = s.ms
			p.count++
			body = t.entries[at].append(body)
		} else {
			body = c.appendNullArray(appendBulk(appendArray(body, 2), p.id.String()))
		}
	}
	return append(appendArray(out, n), body...)
}
