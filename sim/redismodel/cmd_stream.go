package redismodel

import (
	"bytes"
	"math"
)

const errStreamID = "ERR Invalid stream ID specified as stream command argument"

// addRequest is a parsed XADD.
type addRequest struct {
	noCreate bool
	maxLen   int64 // -1: no trimming
	id       []byte
	fields   [][]byte
}

func (s *Server) parseXAdd(args [][]byte) (r addRequest, msg string) {
	r.maxLen = -1
	i := 2
options:
	for ; i < len(args); i++ {
		switch a := args[i]; {
		case is(a, "NOMKSTREAM"):
			r.noCreate = true
		case is(a, "MAXLEN") && i+1 < len(args):
			if r.maxLen >= 0 {
				return r, "ERR syntax error, MAXLEN and MINID options at the same time are not compatible"
			}
			i++
			if string(args[i]) == "~" {
				return r, s.unsupportedError("xadd with approximate trimming")
			}
			if string(args[i]) == "=" && i+1 < len(args) {
				i++
			}
			n, ok := parseInt(args[i])
			if !ok {
				return r, errNotInteger
			}
			if n < 0 {
				return r, "ERR The MAXLEN argument must be >= 0."
			}
			r.maxLen = n
		case is(a, "MINID"), is(a, "LIMIT"):
			return r, s.unsupportedError("xadd with minid or limit")
		default:
			break options
		}
	}
	if i < len(args) && !isNewID(args[i]) {
		return r, errStreamID
	}
	if len(args)-i < 3 || (len(args)-i)%2 == 0 {
		return r, "ERR wrong number of arguments for 'xadd' command"
	}
	r.id, r.fields = args[i], args[i+1:]
	return r, ""
}

// isNewID tells whether XADD can read an id.
func isNewID(arg []byte) bool {
	text, _ := bytes.CutSuffix(arg, []byte("-*"))
	_, ok := parseStreamID(text, 0)
	return ok || string(arg) == "*"
}

// nextID resolves the id argument of XADD against the last id of the stream.
func (s *Server) nextID(arg []byte, last streamID) (id streamID, msg string) {
	if last == maxStreamID {
		return id, "ERR The stream has exhausted the last possible ID, unable to add more items"
	}
	if string(arg) == "*" {
		if now := uint64(s.ms); now > last.ms {
			return streamID{now, 0}, ""
		}
		return last.next(), ""
	}
	text, auto := bytes.CutSuffix(arg, []byte("-*"))
	id, ok := parseStreamID(text, 0)
	switch {
	case !ok:
		return id, errStreamID
	case auto && id.ms == last.ms && last.seq < math.MaxUint64:
		return last.next(), ""
	case !auto && id == streamID{}:
		return id, "ERR The ID specified in XADD must be greater than 0-0"
	case id.compare(last) <= 0:
		return id, "ERR The ID specified in XADD is equal or smaller than the target stream top item"
	}
	return id, ""
}

func cmdXAdd(s *Server, c *conn, args [][]byte, out []byte) []byte {
	r, msg := s.parseXAdd(args)
	if msg == "" {
		// The form of the id is checked before the key is looked at.
		_, msg = s.nextID(r.id, streamID{})
	}
	if msg != "" {
		return appendError(out, msg)
	}
	o, ok := s.findKind(args[1], kindStream)
	switch {
	case !ok:
		return appendError(out, errWrongType)
	case o == nil && r.noCreate:
		return c.appendNull(out)
	}
	o = s.writableOrNew(o, args[1], kindStream)
	t := o.stream
	id, msg := s.nextID(r.id, t.last)
	if msg != "" {
		return appendError(out, msg)
	}
	e := streamEntry{id: id, fields: make([]string, 0, len(r.fields))}
	for _, f := range joined(r.fields) {
		e.fields = append(e.fields, f)
		t.bytes += int64(len(f))
	}
	t.entries, t.last = append(t.entries, e), id
	for r.maxLen >= 0 && int64(len(t.entries)) > r.maxLen {
		t.drop(0)
	}
	s.changed(o)
	return appendBulk(out, id.String())
}

func cmdXDel(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	ids, ok := parseIDs(args[2:])
	if !ok {
		return appendError(out, errStreamID)
	}
	o = s.writable(o)
	n := int64(0)
	for _, id := range ids {
		if i, found := o.stream.at(id); found {
			o.stream.drop(i)
			n++
		}
	}
	if n > 0 {
		s.changed(o)
	}
	return appendInt(out, n)
}

func parseIDs(args [][]byte) ([]streamID, bool) {
	ids := make([]streamID, len(args))
	for i, a := range args {
		var ok bool
		if ids[i], ok = parseStreamID(a, 0); !ok {
			return nil, false
		}
	}
	return ids, true
}

// parseInterval reads the ends of a range: "-", "+", an id, or "(" and an id.
func parseInterval(from, to []byte) (a, b streamID, msg string) {
	a, msg = intervalEnd(from, 0)
	if msg == "" && from[0] == '(' {
		if a == maxStreamID {
			return a, b, "ERR invalid start ID for the interval"
		}
		a = a.next()
	}
	if msg != "" {
		return a, b, msg
	}
	b, msg = intervalEnd(to, math.MaxUint64)
	if msg == "" && to[0] == '(' {
		if b == (streamID{}) {
			return a, b, "ERR invalid end ID for the interval"
		}
		b = b.previous()
	}
	return a, b, msg
}

func intervalEnd(arg []byte, seq uint64) (streamID, string) {
	switch string(arg) {
	case "-":
		return streamID{}, ""
	case "+":
		return maxStreamID, ""
	}
	if len(arg) > 1 && arg[0] == '(' {
		arg = arg[1:]
	}
	id, ok := parseStreamID(arg, seq)
	if !ok {
		return id, errStreamID
	}
	return id, ""
}

func cmdXRange(s *Server, c *conn, args [][]byte, out []byte) []byte {
	from, to, msg := parseInterval(args[2], args[3])
	if msg != "" {
		return appendError(out, msg)
	}
	count := int64(math.MaxInt64)
	for opts := args[4:]; len(opts) > 0; opts = opts[2:] {
		if len(opts) < 2 || !is(opts[0], "COUNT") {
			return appendError(out, errSyntax)
		}
		n, ok := parseInt(opts[1])
		if !ok {
			return appendError(out, errNotInteger)
		}
		count = max(n, 0)
	}
	o, reply := s.lookup(args[1], kindStream, out, appendArray(out, 0))
	if o == nil {
		return reply
	}
	if count == 0 {
		return c.appendNullArray(out)
	}
	i, _ := o.stream.at(from)
	hits := o.stream.entries[i:]
	for n, e := range hits {
		if int64(n) == count || e.id.compare(to) > 0 {
			hits = hits[:n]
			break
		}
	}
	return appendEntries(out, hits)
}

func appendEntries(out []byte, entries []streamEntry) []byte {
	out = appendArray(out, len(entries))
	for _, e := range entries {
		out = e.append(out)
	}
	return out
}

func (e streamEntry) append(out []byte) []byte {
	return appendBulks(appendBulk(appendArray(out, 2), e.id.String()), e.fields)
}
