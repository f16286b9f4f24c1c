package redismodel

import (
	"math"
	"slices"
)

const errNotFloat = "ERR value is not a valid float"

// addOptions are those of ZADD.
type addOptions struct{ nx, xx, gt, lt, ch, incr bool }

// parseAddOptions returns the scores and members that follow the options.
func parseAddOptions(args [][]byte) (a addOptions, rest [][]byte) {
	names := map[string]*bool{"NX": &a.nx, "XX": &a.xx, "GT": &a.gt, "LT": &a.lt, "CH": &a.ch, "INCR": &a.incr}
	for i, arg := range args {
		known := false
		for name, on := range names {
			if is(arg, name) {
				*on, known = true, true
			}
		}
		if !known {
			return a, args[i:]
		}
	}
	return a, nil
}

func (a addOptions) conflict(pairs int) (msg string) {
	switch {
	case a.nx && a.xx:
		return "ERR XX and NX options at the same time are not compatible"
	case a.gt && (a.nx || a.lt), a.lt && a.nx:
		return "ERR GT, LT, and/or NX options at the same time are not compatible"
	case a.incr && pairs > 1:
		return "ERR INCR option supports a single increment-element pair"
	}
	return ""
}

func cmdZAdd(s *Server, c *conn, args [][]byte, out []byte) []byte {
	opt, rest := parseAddOptions(args[2:])
	if len(rest) == 0 || len(rest)%2 != 0 {
		return appendError(out, errSyntax)
	}
	if msg := opt.conflict(len(rest) / 2); msg != "" {
		return appendError(out, msg)
	}
	return s.addScored(c, opt, args[1], rest, out)
}

func cmdZIncrBy(s *Server, c *conn, args [][]byte, out []byte) []byte {
	return s.addScored(c, addOptions{incr: true}, args[1], args[2:], out)
}

// addScored adds the pairs of a score and a member.
func (s *Server) addScored(c *conn, opt addOptions, key []byte, pairs [][]byte, out []byte) []byte {
	for i := 0; i < len(pairs); i += 2 {
		if _, ok := parseScore(pairs[i]); !ok {
			return appendError(out, errNotFloat)
		}
	}
	o, ok := s.findKind(key, kindSortedSet)
	switch {
	case !ok:
		return appendError(out, errWrongType)
	case o == nil && opt.xx && opt.incr:
		return c.appendNull(out)
	case o == nil && opt.xx:
		return appendInt(out, 0)
	}
	o = s.writableOrNew(o, key, kindSortedSet)
	added, updated := int64(0), int64(0)
	for i := 0; i < len(pairs); i += 2 {
		by, _ := parseScore(pairs[i])
		old := o.zset.find(pairs[i+1])
		score, applies := opt.score(o.zset, old, by)
		switch {
		case math.IsNaN(score):
			return appendError(out, "ERR resulting score is not a number (NaN)")
		case opt.incr && !applies:
			return c.appendNull(out)
		case opt.incr:
			out = c.appendDouble(out, score)
		}
		switch {
		case !applies:
		case old < 0:
			added++
			o.zset.put(pairs[i+1], score)
		case score != o.zset.members[old].score:
			updated++
			o.zset.put(pairs[i+1], score)
		}
	}
	if added+updated > 0 {
		s.changed(o)
	}
	switch {
	case opt.incr:
		return out
	case opt.ch:
		added += updated
	}
	return appendInt(out, added)
}

// score is what the member of a rank, -1 for a new one, is to have; applies is
// false if the options leave it as it is.
func (a addOptions) score(z *sortedSet, rank int, by float64) (score float64, applies bool) {
	if rank < 0 {
		return by, !a.xx
	}
	old := z.members[rank].score
	if a.nx {
		return old, false
	}
	if a.incr {
		by += old
	}
	return by, !(a.lt && by >= old) && !(a.gt && by <= old)
}

func cmdZRem(s *Server, _ *conn, o *object, args [][]byte, out []byte) []byte {
	o = s.writable(o)
	n := int64(0)
	for _, member := range args[2:] {
		if i := o.zset.find(member); i >= 0 {
			o.zset.cut(i, i+1)
			n++
		}
	}
	if n > 0 {
		s.changed(o)
	}
	return appendInt(out, n)
}

func cmdZScore(_ *Server, c *conn, o *object, args [][]byte, out []byte) []byte {
	i := o.zset.find(args[2])
	if i < 0 {
		return c.appendNull(out)
	}
	return c.appendDouble(out, o.zset.members[i].score)
}

// rankRequest is what ZRANGE and its like ask for.
type rankRequest struct {
	byScore, reverse, withScores bool
	offset, limit                int64
}

// parseRankOptions reads the options of ZRANGE, or with byScore those of
// ZRANGEBYSCORE.
func (s *Server) parseRankOptions(opts [][]byte, byScore bool) (r rankRequest, msg string) {
	r = rankRequest{byScore: byScore, limit: -1}
	for i := 0; i < len(opts); i++ {
		switch a := opts[i]; {
		case is(a, "WITHSCORES"):
			r.withScores = true
		case is(a, "LIMIT") && i+2 < len(opts):
			var ok1, ok2 bool
			r.offset, ok1 = parseInt(opts[i+1])
			r.limit, ok2 = parseInt(opts[i+2])
			if !ok1 || !ok2 {
				return r, errNotInteger
			}
			i += 2
		case !byScore && !r.reverse && is(a, "REV"):
			r.reverse = true
		case !r.byScore && is(a, "BYSCORE"):
			r.byScore = true
		case !r.byScore && is(a, "BYLEX"):
			return r, s.unsupportedError("zrange bylex")
		default:
			return r, errSyntax
		}
	}
	if r.limit != -1 && !r.byScore {
		return r, "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"
	}
	return r, ""
}

func ranges(byScore bool) handler {
	return func(s *Server, c *conn, args [][]byte, out []byte) []byte {
		r, msg := s.parseRankOptions(args[4:], byScore)
		if msg != "" {
			return appendError(out, msg)
		}
		members, msg := r.members(args[2], args[3])
		if msg != "" {
			return appendError(out, msg)
		}
		o, reply := s.lookup(args[1], kindSortedSet, out, appendArray(out, 0))
		if o == nil {
			return reply
		}
		return c.appendScored(out, members(o.zset), r.withScores, c.resp == 3)
	}
}

// members reads the bounds, and returns what finds the members between them.
func (r rankRequest) members(start, end []byte) (find func(*sortedSet) []scored, msg string) {
	if r.byScore {
		if r.reverse {
			start, end = end, start
		}
		scores, ok := parseScoreRange(start, end)
		if !ok {
			return nil, "ERR min or max is not a float"
		}
		return func(z *sortedSet) []scored {
			from, to := scores.ranks(z)
			return r.limited(r.directed(z.members[from:to]))
		}, ""
	}
	first, ok1 := parseInt(start)
	last, ok2 := parseInt(end)
	if !ok1 || !ok2 {
		return nil, errNotInteger
	}
	return func(z *sortedSet) []scored {
		all := r.directed(z.members)
		from, to := bounds(first, last, int64(len(all)))
		return all[from:to]
	}, ""
}

func (r rankRequest) directed(members []scored) []scored {
	if r.reverse {
		members = slices.Clone(members)
		slices.Reverse(members)
	}
	return members
}

// limited applies LIMIT: a negative offset skips everything, a negative limit
// is none.
func (r rankRequest) limited(members []scored) []scored {
	n := int64(len(members))
	if r.offset < 0 || r.offset > n {
		return nil
	}
	members = members[r.offset:]
	if r.limit >= 0 && r.limit < int64(len(members)) {
		members = members[:r.limit]
	}
	return members
}

// appendScored answers members, with their scores in pairs or side by side.
func (c *conn) appendScored(out []byte, members []scored, scores, pairs bool) []byte {
	n := len(members)
	if scores && !pairs {
		n *= 2
	}
	out = appendArray(out, n)
	for _, m := range members {
		if scores && pairs {
			out = appendArray(out, 2)
		}
		out = appendBulk(out, m.member)
		if scores {
			out = c.appendDouble(out, m.score)
		}
	}
	return out
}

func cmdZCount(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	return s.withScores(args, out, func(*object, int, int) {})
}

func cmdZRemRangeByScore(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	return s.withScores(args, out, func(o *object, from, to int) {
		if from < to {
			o = s.writable(o)
			o.zset.cut(from, to)
			s.changed(o)
		}
	})
}

// withScores does something to the members whose scores lie in the range of a command,
// and answers how many they are.
func (s *Server) withScores(args [][]byte, out []byte, do func(o *object, from, to int)) []byte {
	scores, ok := parseScoreRange(args[2], args[3])
	if !ok {
		return appendError(out, "ERR min or max is not a float")
	}
	o, reply := s.lookup(args[1], kindSortedSet, out, appendInt(out, 0))
	if o == nil {
		return reply
	}
	from, to := scores.ranks(o.zset)
	do(o, from, to)
	return appendInt(out, int64(to-from))
}

func cmdZRank(s *Server, c *conn, args [][]byte, out []byte) []byte {
	scores := false
	absent := c.appendNull(out)
	switch {
	case len(args) > 4 || len(args) == 4 && !is(args[3], "WITHSCORE"):
		return appendError(out, errSyntax)
	case len(args) == 4:
		scores, absent = true, c.appendNullArray(out)
	}
	o, reply := s.lookup(args[1], kindSortedSet, out, absent)
	if o == nil {
		return reply
	}
	i := o.zset.find(args[2])
	switch {
	case i < 0:
		return absent
	case scores:
		return c.appendDouble(appendInt(appendArray(out, 2), int64(i)), o.zset.members[i].score)
	}
	return appendInt(out, int64(i))
}

func cmdZPopMin(s *Server, c *conn, args [][]byte, out []byte) []byte {
	if len(args) > 3 {
		return appendError(out, errSyntax)
	}
	count, counted := int64(1), len(args) == 3
	if counted {
		var ok bool
		if count, ok = parseInt(args[2]); !ok || count < 0 {
			return appendError(out, errNotPositive)
		}
	}
	o, reply := s.lookup(args[1], kindSortedSet, out, appendArray(out, 0))
	if o == nil {
		return reply
	}
	n := int(min(count, int64(len(o.zset.members))))
	out = c.appendScored(out, o.zset.members[:n], true, counted && c.resp == 3)
	if n > 0 {
		o = s.writable(o)
		o.zset.cut(0, n)
		s.changed(o)
	}
	return out
}
