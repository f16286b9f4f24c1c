package redismodel

import (
	"cmp"
	"math"
	"slices"
)

func cmdXGroupCreate(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	mkstream := false
	for opts := args[5:]; len(opts) > 0; opts = opts[1:] {
		switch {
		case is(opts[0], "MKSTREAM"):
			mkstream = true
		case is(opts[0], "ENTRIESREAD") && len(opts) > 1:
			return s.refuse(out, "xgroup create with entriesread")
		default:
			return appendError(out, "ERR unknown subcommand or wrong number of arguments for '"+cut(args[1], 128)+"'. Try XGROUP HELP.")
		}
	}
	o, ok := s.findKind(args[2], kindStream)
	switch {
	case !ok:
		return appendError(out, errWrongType)
	case o == nil && !mkstream:
		return appendError(out, errNoStream)
	}
	var id streamID
	if string(args[4]) == "$" {
		if o != nil {
			id = o.stream.last
		}
	} else if id, ok = parseStreamID(args[4], 0); !ok {
		return appendError(out, errStreamID)
	}
	if o == nil {
		o = s.create(args[2], kindStream)
		s.touch(o.key)
	}
	if o.stream.group(args[3]) != nil {
		return appendError(out, "BUSYGROUP Consumer Group name already exists")
	}
	o = s.writable(o)
	o.stream.groups = append(o.stream.groups, &group{name: string(args[3]), last: id})
	slices.SortFunc(o.stream.groups, func(a, b *group) int { return cmp.Compare(a.name, b.name) })
	s.recorded(o)
	return appendOK(out)
}

const errNoStream = "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically."

// inGroup handles a subcommand of XGROUP on a group that must be there: run is told
// its place, and answers how much it changed.
func inGroup(absent func(args [][]byte, out []byte) []byte, run func(t *stream, i int, args [][]byte) int64) handler {
	return func(s *Server, _ *conn, args [][]byte, out []byte) []byte {
		o, ok := s.findKind(args[2], kindStream)
		switch {
		case !ok:
			return appendError(out, errWrongType)
		case o == nil:
			return appendError(out, errNoStream)
		}
		i := slices.IndexFunc(o.stream.groups, func(g *group) bool { return g.name == string(args[3]) })
		if i < 0 {
			return absent(args, out)
		}
		o = s.writable(o)
		n := run(o.stream, i, args)
		s.recorded(o)
		return appendInt(out, n)
	}
}

func noSuchGroup(args [][]byte, out []byte) []byte {
	return appendError(out, "NOGROUP No such consumer group '"+cutString(string(args[3]))+"' for key name '"+cutString(string(args[2]))+"'")
}

func destroyGroup(t *stream, i int, _ [][]byte) int64 {
	t.groups = slices.Delete(t.groups, i, i+1)
	return 1
}

func createConsumer(t *stream, i int, args [][]byte) int64 {
	if t.groups[i].addConsumer(string(args[4])) {
		return 1
	}
	return 0
}

// deleteConsumer forgets what a consumer was given and has not acknowledged: nobody
// is given it again.
func deleteConsumer(t *stream, i int, args [][]byte) int64 {
	g := t.groups[i]
	at, found := slices.BinarySearch(g.consumers, string(args[4]))
	if !found {
		return 0
	}
	g.consumers = slices.Delete(g.consumers, at, at+1)
	before := len(g.pending)
	g.pending = slices.DeleteFunc(g.pending, func(p pending) bool { return p.consumer == string(args[4]) })
	return int64(before - len(g.pending))
}

// findGroup finds a stream and one of its groups. Both are nil if either is
// missing, and msg is the error then.
func (s *Server) findGroup(key, name []byte) (o *object, g *group, msg string) {
	o, ok := s.findKind(key, kindStream)
	if !ok {
		return nil, nil, errWrongType
	}
	if o != nil {
		g = o.stream.group(name)
	}
	if g == nil {
		return nil, nil, "NOGROUP No such key '" + string(key) + "' or consumer group '" + string(name) + "'"
	}
	return o, g, ""
}

func cmdXAck(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	if o.stream.group(args[2]) == nil {
		return appendInt(out, 0)
	}
	ids, ok := parseIDs(args[3:])
	if !ok {
		return appendError(out, errStreamID)
	}
	o = s.writable(o)
	g, n := o.stream.group(args[2]), int64(0)
	for _, id := range ids {
		if i, found := g.at(id); found {
			g.pending = slices.Delete(g.pending, i, i+1)
			n++
		}
	}
	if n > 0 {
		s.recorded(o)
	}
	return appendInt(out, n)
}

// pendingQuery is the longer form of XPENDING.
type pendingQuery struct {
	minIdle, count int64
	from, to       streamID
	consumer       []byte
}

func parsePending(args [][]byte) (q pendingQuery, msg string) {
	if len(args) < 6 || len(args) > 9 {
		return q, errSyntax
	}
	rest, ok := args[3:], true
	if is(args[3], "IDLE") {
		if q.minIdle, ok = parseInt(args[4]); !ok {
			return q, errNotInteger
		}
		if len(args) < 8 {
			return q, errSyntax
		}
		rest = args[5:]
	}
	if q.count, ok = parseInt(rest[2]); !ok {
		return q, errNotInteger
	}
	if q.from, q.to, msg = parseInterval(rest[0], rest[1]); msg != "" {
		return q, msg
	}
	if len(rest) > 3 {
		q.consumer = rest[3]
	}
	return q, ""
}

func cmdXPending(s *Server, c *conn, args [][]byte, out []byte) []byte {
	var q pendingQuery
	if len(args) > 3 {
		var msg string
		if q, msg = parsePending(args); msg != "" {
			return appendError(out, msg)
		}
	}
	_, g, msg := s.findGroup(args[1], args[2])
	if msg != "" {
		return appendError(out, msg)
	}
	if len(args) == 3 {
		return g.appendSummary(out, c)
	}
	var hits []pending
	for _, p := range g.pending {
		if int64(len(hits)) < q.count && p.id.compare(q.from) >= 0 && p.id.compare(q.to) <= 0 &&
			s.ms-p.delivered >= q.minIdle && (q.consumer == nil || p.consumer == string(q.consumer)) {
			hits = append(hits, p)
		}
	}
	out = appendArray(out, len(hits))
	for _, p := range hits {
		out = appendBulk(appendBulk(appendArray(out, 4), p.id.String()), p.consumer)
		out = appendInt(appendInt(out, s.ms-p.delivered), p.count)
	}
	return out
}

func (g *group) appendSummary(out []byte, c *conn) []byte {
	n := len(g.pending)
	out = appendInt(appendArray(out, 4), int64(n))
	if n == 0 {
		return c.appendNullArray(c.appendNull(c.appendNull(out)))
	}
	counts := make(map[string]int64)
	for _, p := range g.pending {
		counts[p.consumer]++
	}
	out = appendBulk(appendBulk(out, g.pending[0].id.String()), g.pending[n-1].id.String())
	out = appendArray(out, len(counts))
	for _, name := range g.consumers {
		if counts[name] > 0 {
			out = appendBulkInt(appendBulk(appendArray(out, 2), name), counts[name])
		}
	}
	return out
}

// claimRequest is a parsed XAUTOCLAIM.
type claimRequest struct {
	minIdle, count int64
	start          streamID
	justID         bool
}

func parseAutoClaim(args [][]byte) (r claimRequest, msg string) {
	var ok bool
	r.count = 100
	if r.minIdle, ok = parseInt(args[4]); !ok {
		return r, "ERR Invalid min-idle-time argument for XAUTOCLAIM"
	}
	if r.start, _, msg = parseInterval(args[5], []byte("+")); msg != "" {
		return r, msg
	}
	for opts := args[6:]; len(opts) > 0; opts = opts[1:] {
		switch {
		case is(opts[0], "COUNT") && len(opts) > 1:
			if r.count, ok = parseInt(opts[1]); !ok || r.count < 1 || r.count > math.MaxInt64/16 {
				return r, "ERR COUNT must be > 0"
			}
			opts = opts[1:]
		case is(opts[0], "JUSTID"):
			r.justID = true
		default:
			return r, errSyntax
		}
	}
	return r, ""
}

func cmdXAutoClaim(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	r, msg := parseAutoClaim(args)
	if msg != "" {
		return appendError(out, msg)
	}
	o, _, msg := s.findGroup(args[1], args[2])
	if msg != "" {
		return appendError(out, msg)
	}
	o = s.writable(o)
	g := o.stream.group(args[2])
	g.addConsumer(string(args[3]))
	claimed, deleted, next := s.claim(o.stream, g, string(args[3]), r)
	s.recorded(o)
	out = appendBulk(appendArray(out, 3), next.String())
	if r.justID {
		out = appendArray(out, len(claimed))
		for _, e := range claimed {
			out = appendBulk(out, e.id.String())
		}
	} else {
		out = appendEntries(out, claimed)
	}
	return appendBulks(out, deleted)
}

// claim looks at ten times as many pending entries as it may take, as Redis
// does, and returns where to go on.
func (s *Server) claim(t *stream, g *group, consumer string, r claimRequest) (claimed []streamEntry, deleted []string, next streamID) {
	i, _ := g.at(r.start)
	for looks := r.count * 10; looks > 0 && r.count > 0 && i < len(g.pending); looks-- {
		p := &g.pending[i]
		at, found := t.at(p.id)
		switch {
		case !found:
			deleted = append(deleted, p.id.String())
			g.pending = slices.Delete(g.pending, i, i+1)
			r.count--
			continue
		case s.ms-p.delivered >= r.minIdle:
			p.consumer, p.delivered = consumer, s.ms
			if !r.justID {
				p.count++
			}
			claimed = append(claimed, t.entries[at])
			r.count--
		}
		i++
	}
	if i < len(g.pending) {
		next = g.pending[i].id
	}
	return claimed, deleted, next
}
