package lockstep

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"onceover/sim"
)

// place is where programs keep what they know of a chunk: a key of Redis or a table, and the
// item in it; "": all of it.
type place struct{ key, item string }

// meets tells whether two places have something in common.
func (p place) meets(q place) bool {
	return p.key == q.key && (p.item == "" || q.item == "" || p.item == q.item)
}

func (p place) String() string { return p.key }

// Commands by what they do with a place. Those of itemised have the item behind the key.
var (
	looking  = strings.Fields("GETBIT GET EXISTS SISMEMBER HGET HEXISTS SMEMBERS HGETALL HMGET MGET BITCOUNT BITPOS SMISMEMBER TYPE STRLEN")
	marking  = strings.Fields("SETBIT SADD HSET HMSET HSETNX SET INCR INCRBY HINCRBY XACK XDEL SREM ZREM HDEL ZADD GETSET")
	handing  = strings.Fields("INCR INCRBY HINCRBY LPOP RPOP SPOP ZPOPMIN ZPOPMAX BLPOP BRPOP LMOVE RPOPLPUSH")
	itemised = strings.Fields("GETBIT SISMEMBER HGET HEXISTS SETBIT SADD HSET HSETNX HMSET SREM HDEL HINCRBY ZREM")
)

// placeOf is what a command is about.
func placeOf(c []string) place {
	p := place{}
	if len(c) > 1 {
		p.key = c[1]
	}
	if len(c) > 2 && slices.Contains(itemised, c[0]) {
		p.item = c[2]
	}
	return p
}

// scriptKeys are the keys of a script; nobody knows what it does with them.
func scriptKeys(c []string) []string {
	if len(c) < 3 || !slices.Contains([]string{"EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL"}, c[0]) {
		return nil
	}
	n, err := strconv.Atoi(c[2])
	if err != nil || n < 0 || len(c) < 3+n {
		return nil
	}
	return c[3 : 3+n]
}

var tableIn = regexp.MustCompile("(?i)\\b(?:FROM|INTO|UPDATE|JOIN)\\s+`?(\\w+)`?")

// tables are those that a statement names, without that of the rows.
func (a act) tables() (all []place) {
	for _, m := range tableIn.FindAllStringSubmatch(a.sql, -1) {
		if m[1] != tableName {
			all = append(all, place{key: m[1]})
		}
	}
	return all
}

// places are what the request is about, of commands that are in a list, and of scripts.
func (a act) places(of []string) (all []place) {
	for _, c := range a.commands {
		if slices.Contains(of, c[0]) && !claiming(c) {
			all = append(all, placeOf(c))
		}
		for _, key := range scriptKeys(c) {
			all = append(all, place{key: key})
		}
	}
	return slices.DeleteFunc(all, func(p place) bool { return a.fills(p.key) })
}

// fills tells whether a key is there for the rows, which say nothing of a chunk.
func (a act) fills(key string) bool { return key == listName || a.target.Is([]byte(key)) }

// looks are the places that the request reads.
func (a act) looks() []place {
	if a.Server == sim.MySQL {
		if deedOfSQL(a.sql) == reads {
			return a.tables()
		}
		return nil
	}
	return a.places(looking)
}

// marks are the places that the request changes, without those of locks.
func (a act) marks() []place {
	if a.Server == sim.MySQL {
		if deedOfSQL(a.sql) == changes {
			return a.tables()
		}
		return nil
	}
	return a.places(marking)
}

// meet tells whether two requests have a place in common, and which.
func meet(some, others []place) (place, bool) {
	for _, p := range some {
		if slices.ContainsFunc(others, p.meets) {
			return p, true
		}
	}
	return place{}, false
}

// claiming tells whether a command of Redis takes a lock if nobody has it.
func claiming(c []string) bool {
	switch c[0] {
	case "SETNX":
		return len(c) > 2
	case "SET":
		return len(c) > 3 && slices.ContainsFunc(c[3:], func(w string) bool { return strings.EqualFold(w, "NX") })
	case "CLIENT":
		return len(c) > 2 && strings.EqualFold(c[1], "SETNAME")
	}
	return false
}

var getLock = regexp.MustCompile(`(?i)\bGET_LOCK\s*\(\s*'([^']*)'`)

// claim is a lock that a request asks for.
type claim struct {
	key  string
	name bool // of the connection
	got  bool
}

// claim is the lock that the request asks for, and whether it got it.
func (a act) claim() (claim, bool) {
	if m := getLock.FindStringSubmatch(a.sql); m != nil {
		return claim{key: m[1], got: gotLock.MatchString(a.reply)}, true
	}
	for _, c := range a.commands {
		switch {
		case !claiming(c):
		case c[0] == "CLIENT":
			return claim{key: c[2], name: true, got: a.executed() && !slices.Contains(strings.Fields(a.reply), "name="+c[2])}, true
		default:
			return claim{key: c[1], got: strings.HasPrefix(a.reply, "+OK") || strings.HasPrefix(a.reply, ":1")}, true
		}
	}
	return claim{}, false
}

// gotLock is the row with the single column 1.
var gotLock = regexp.MustCompile(`(?s)\x02\x00\x00.\x011`)

// deletes tells whether the request deletes a key that was there.
func (a act) deletes(key string) bool {
	return a.executed() && a.reply != ":0\r\n" && slices.ContainsFunc(a.commands, func(c []string) bool {
		return (c[0] == "DEL" || c[0] == "UNLINK") && slices.Contains(c[1:], key)
	})
}

// mayRelease tells whether the request may let go of a lock.
func (a act) mayRelease(key string) bool {
	return a.deletes(key) || slices.ContainsFunc(a.commands, func(c []string) bool { return slices.Contains(scriptKeys(c), key) }) ||
		strings.Contains(strings.ToUpper(a.sql), "RELEASE_")
}

// mentions tells whether a word is anywhere in the request.
func (a act) mentions(text string) bool {
	return strings.Contains(a.sql, text) || slices.ContainsFunc(a.commands, func(c []string) bool {
		return slices.ContainsFunc(c, func(w string) bool { return strings.Contains(w, text) })
	})
}

// sameWords tells whether two requests are the same to the letter.
func (a act) sameWords(b act) bool {
	return a.sql == b.sql && slices.EqualFunc(a.commands, b.commands, slices.Equal[[]string])
}

// number is one that stands in a text.
var number = regexp.MustCompile(`\d+`)

// names tells whether a number stands in a text on its own.
func names(text string, n int) bool {
	return slices.Contains(number.FindAllString(text, -1), strconv.Itoa(n))
}
