package redismodel

import (
	"strings"
	"time"

	"pgregory.net/rapid"
)

// A template is a command whose words in braces are drawn. DBSIZE is not among
// them, because a real server counts expired keys until it comes across them.
//
//	{k} any key  {s} {l} {h} {b} {x} {t} {z} mostly a key of that type  {v} a value
//	{i} an index  {n} a number  {bit} a bit offset  {01} a bit  {ttl} milliseconds  {num} a score
var templates = strings.Split(strings.TrimSpace(`
PING
PING {v}
ECHO {v}
SELECT 0
SELECT 99
SELECT -1
SELECT x
SELECT 99999999999
QUIT
RESET
HELLO 2
HELLO 3
HELLO {n}
HELLO 3 SETNAME {name}
AUTH {v}
AUTH default {v}
CLIENT ID
CLIENT LIST
CLIENT LIST
CLIENT LIST TYPE normal
CLIENT LIST TYPE {v}
CLIENT INFO
CLIENT SETNAME {name}
CLIENT SETNAME {name}
CLIENT SETNAME {v}
CLIENT GETNAME
CLIENT SETINFO LIB-NAME {name}
CLIENT SETINFO lib-ver {v}
CLIENT NO-EVICT ON
CLIENT NO-TOUCH OFF
CLIENT KILL {v}
CLIENT KILL ID 999999999
CLIENT KILL SKIPME no ID 999999999
CLIENT KILL ID @1
CLIENT KILL ID @0 SKIPME no
CLIENT LIST ID @0 @2
CLIENT {v}
CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type none
GET {s}
GET {k}
SET {s} {v}
SET {k} {v}
SET {s} {v} {setopt}
SET {s} {v} {setopt} {setopt}
SET {k} {v} PX {ttl} {setopt}
SET {s} {v} EX {n}
SET {s} {v} PXAT {n}
SETNX {s} {v}
SETEX {s} {n} {v}
PSETEX {s} {ttl} {v}
GETDEL {s}
GETEX {s}
GETEX {s} PX {ttl}
GETEX {s} PERSIST
GETEX {s} {setopt} {n}
GETRANGE {s} {i} {i}
STRLEN {s}
APPEND {s} {v}
INCR {s}
DECR {s}
INCRBY {s} {n}
DECRBY {s} {n}
MGET {k} {k} {k}
MSET {s} {v} {s} {v}
MSET {s} {v} {s}
GETSET {s} {v}
SETRANGE {s} {bit} {v}
SETRANGE {k} {i} {v}
RENAME {k} {k}
RENAME {s} {s}
RENAMENX {k} {k}
PUBLISH {v} {v}
DEL {k}
DEL {k} {k}
UNLINK {k}
EXISTS {k} {k}
TYPE {k}
EXPIRE {k} {n}
EXPIRE {k} {n} {expopt}
PEXPIRE {k} {ttl}
PEXPIRE {k} {ttl} {expopt}
PEXPIRE {k} {ttl} {expopt} {expopt}
EXPIREAT {k} {n}
PEXPIREAT {k} {n}
TTL {k}
PTTL {k}
PERSIST {k}
EXPIRETIME {k}
PEXPIRETIME {k}
KEYS *
KEYS {glob}
SCAN 0 COUNT 1000
SCAN 0 MATCH {glob} COUNT 1000
SCAN 0 TYPE list COUNT 1000
SCAN -0 TYPE {f} COUNT 1000 MATCH {glob}
SCAN {i} COUNT x
SCAN x COUNT 0
FLUSHALL
FLUSHDB {v}
GETBIT {b} {bit}
GETBIT {k} {bit}
SETBIT {b} {bit} {01}
SETBIT {b} {bit} {01}
SETBIT {k} {bit} {n}
BITCOUNT {b}
BITCOUNT {k} {i} {i}
BITCOUNT {b} {i} {i} BIT
BITCOUNT {b} {i}
BITPOS {b} {01}
BITPOS {b} {01} {i}
BITPOS {b} {01} {i} {i}
BITPOS {k} {01} {i} {i} BIT
LPUSH {l} {v}
LPUSH {l} {v} {v} {v}
RPUSH {l} {v} {v}
RPUSH {k} {v}
LPUSHX {l} {v}
RPUSHX {l} {v}
LPOP {l}
LPOP {l} {n}
RPOP {l}
RPOP {l} {n}
LLEN {l}
LRANGE {l} {i} {i}
LRANGE {k} 0 -1
LINDEX {l} {i}
LSET {l} {i} {v}
LTRIM {l} {i} {i}
LREM {l} {i} {v}
LMOVE {l} {l} LEFT RIGHT
LMOVE {k} {k} right left
LMOVE {l} {l} LEFT {v}
RPOPLPUSH {l} {l}
LPOS {l} {v}
LPOS {l} {v} RANK {n} COUNT {n}
LPOS {k} {v} MAXLEN {n} COUNT {i}
LPOS {l} {v} {setopt}
BLPOP {l} {l} 0.001
BRPOP {l} 1
BLPOP {k} {l} {num}
SADD {t} {v}
SADD {t} {n} {i} {n}
SADD {t} {f} {v}
SREM {t} {v} {n}
SISMEMBER {t} {v}
SMISMEMBER {t} {v} {n}
SCARD {t}
SMEMBERS {t}
SMEMBERS {k}
ZADD {z} {num} {f}
ZADD {z} {num} {f} {num} {v}
ZADD {z} {zopt} {num} {f}
ZADD {z} {zopt} {zopt} {num} {f}
ZADD {z} {zopt} CH {num} {f} {num} {f}
ZADD {z} {num}
ZINCRBY {z} {num} {f}
ZREM {z} {f} {v}
ZSCORE {z} {f}
ZCARD {z}
ZCOUNT {z} {num} ({num}
ZRANK {z} {f}
ZRANK {z} {f} WITHSCORE
ZRANK {z} {f} {v}
ZRANGE {z} {i} {i}
ZRANGE {z} {i} {i} WITHSCORES
ZRANGE {z} {i} {i} REV
ZRANGE {z} {num} ({num} BYSCORE
ZRANGE {z} ({num} {num} BYSCORE REV LIMIT {i} {i} WITHSCORES
ZRANGE {z} 0 -1 LIMIT {i} {i}
ZRANGE {k} 0 -1 {setopt}
ZRANGEBYSCORE {z} -inf {num}
ZRANGEBYSCORE {z} {num} +inf WITHSCORES LIMIT {i} {i}
ZREMRANGEBYSCORE {z} {num} {num}
ZREMRANGEBYSCORE {z} -inf ({num}
ZPOPMIN {z}
ZPOPMIN {z} {n}
ZPOPMIN {z} {n} {v}
HSET {h} {f} {v}
HSET {h} {f} {v} {f} {v}
HSET {h} {f} {v} {f}
HSET {k} {f} {v}
HMSET {h} {f} {v}
HSETNX {h} {f} {v}
HGET {h} {f}
HMGET {h} {f} {f}
HGETALL {h}
HDEL {h} {f} {f}
HLEN {h}
HEXISTS {h} {f}
HKEYS {h}
HVALS {k}
HINCRBY {h} {f} {n}
MULTI
MULTI
MULTI
EXEC
EXEC
EXEC
EXEC {v}
DISCARD
WATCH {k}
WATCH {k} {k}
UNWATCH
SCRIPT LOAD {lua}
SCRIPT EXISTS {sha}
SCRIPT FLUSH
EVAL {lua} 2 {s} {l} {v}
EVAL {lua} 2 {k} {k} {v}
EVAL {lua} 2 {b} {l} {bit}
EVALSHA {sha} 2 {s} {l} {v}
EVALSHA {sha} 2 {k} {k} {v}
EVAL_RO {lua} 2 {k} {k} {v}
EVALSHA_RO {sha} 2 {k} {k} {v}
EVAL {lua} 2 {t} {z} {v}
EVAL_RO {lua} 2 {t} {z} {f}
EVAL {lua} {n} {k}
CONFIG SET maxmemory 1
CONFIG SET maxmemory 0
CONFIG SET maxmemory 0
CONFIG SET maxmemory 0
CONFIG GET maxmemory
INFO
INFO {section}
INFO {section} {section}
TIME
WAIT 0 0
WAITAOF {n} 0 0
XADD {x} * {f} {v}
XADD {x} {id} {f} {v}
XADD {x} NOMKSTREAM {id} {f} {v}
XADD {x} MAXLEN {n} {id} {f} {v}
XGROUP CREATE {x} g {id}
XGROUP CREATE {x} g 0 MKSTREAM
XGROUP CREATECONSUMER {x} g {f}
XGROUP DELCONSUMER {x} g {f}
XGROUP DESTROY {x} g
XREADGROUP GROUP g {f} STREAMS {x} >
XREADGROUP GROUP g {f} COUNT {n} STREAMS {x} >
XREADGROUP GROUP g {f} NOACK STREAMS {x} >
XREADGROUP GROUP g {f} STREAMS {x} {id}
XREADGROUP GROUP g {f} COUNT 2 STREAMS {x} {x} > >
XACK {x} g {id} {id}
XAUTOCLAIM {x} g {f} {ttl} {id}
XAUTOCLAIM {x} g {f} 0 0 COUNT {n}
XAUTOCLAIM {x} g {f} 0 {id} JUSTID
XLEN {x}
XPENDING {x} g
XPENDING {x} g - + 10
XPENDING {x} g IDLE {ttl} {id} + {n} {f}
XRANGE {x} - +
XRANGE {x} {id} ({id} COUNT {n}
XDEL {x} {id}
NOSUCHCOMMAND {v} {k}
GET
SET {k}
`), "\n")

// scripts are what the templates EVAL.
var scripts = []string{
	"return redis.call('get', KEYS[1])",
	"if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end",
	"if redis.call('getbit', KEYS[1], ARGV[1]) == 1 then return 0 end\nredis.call('setbit', KEYS[1], ARGV[1], 1)\nredis.call('lpush', KEYS[2], 'row', ARGV[1])\nreturn 1",
	"redis.call('rpush', KEYS[2], ARGV[1])\nredis.call('setbit', KEYS[1], ARGV[1], 1)\nreturn redis.call('llen', KEYS[2])",
	"local ok = redis.pcall('incr', KEYS[1]) if type(ok) == 'table' then return {ok.err, 1, false, true, 3.7} end return ok",
	"return {redis.call('lrange', KEYS[2], 0, -1), redis.call('hgetall', KEYS[1]), redis.call('exists', KEYS[1])}",
	"return redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', 30)",
	"return redis.error_reply('TAKEN by ' .. tostring(redis.call('get', KEYS[1])))",
	"return redis.status_reply(redis.call('type', KEYS[1]).ok)",
	"local v = redis.call('mget', KEYS[1], KEYS[2]) return {#v, v[1] == false, v}",
	"redis.call('set', KEYS[1], 'x')\n\nerror('after a write')",
	"local n = tonumber(ARGV[1]) if n then return n * 1.5 end return {err = 'not a number'}",
	"return redis.call('client', 'id')",
	"return {redis.sha1hex(ARGV[1]), redis.call('ttl', KEYS[1]), redis.call('pexpire', KEYS[1], 25)}",
	"local ok, e = pcall(function() return redis.call('lpush', KEYS[1], 1) end) return {ok, tostring(e)}",
	"return tostring(0.1 + 0.2) .. ' ' .. tostring(1e20) .. ' ' .. tostring(2^31) .. ' ' .. 7 / 2",
	"return redis.call('nosuch', KEYS[1])",
	"return redis.call('get')",
	"return undefined_global",
	"return tostring(math.random()) .. ' ' .. math.random(100) .. ' ' .. math.random(-3, 3)",
	"math.randomseed(tonumber(ARGV[1]) or 5) return math.random(1000000)",
	"redis.call('zadd', KEYS[2], 'NX', 1.5, ARGV[1]) redis.call('sadd', KEYS[1], ARGV[1]) return {redis.call('zrange', KEYS[2], 0, -1, 'WITHSCORES'), redis.call('smembers', KEYS[1])}",
	"return {redis.call('zscore', KEYS[2], ARGV[1]), redis.call('zremrangebyscore', KEYS[2], '-inf', 1), redis.call('publish', 'c', 'm')}",
	"return {redis.call('blpop', KEYS[2], 0), redis.call('lpos', KEYS[2], ARGV[1])}",
	"return redis.call('publish', 'c', 'm')",
	"redis.call('hset', KEYS[2], ARGV[1], 0.1, 'n', 12345678901) return redis.call('hgetall', KEYS[2])",
}

var drawWord = map[string][]string{
	"{k}":       {"s1", "s2", "l1", "l2", "h1", "b1", "x1", "t1", "z1", "none"},
	"{s}":       {"s1", "s1", "s2", "s2", "l1", "b1"},
	"{l}":       {"l1", "l1", "l1", "l2", "l2", "s1"},
	"{h}":       {"h1", "h1", "h1", "h2", "s1"},
	"{b}":       {"b1", "b1", "b1", "s1", "l1"},
	"{x}":       {"x1", "x1", "x1", "x1", "x2", "s1"},
	"{t}":       {"t1", "t1", "t1", "t2", "s1"},
	"{z}":       {"z1", "z1", "z1", "z2", "s1"},
	"{num}":     {"0", "1", "2", "-1", "1.5", "0.1", "-0.25", "1e20", "1e-9", "123456789012", "inf", "-inf", "+inf", "nan", "0x10", "1e400", "1e-400", "-0", "1\x00", ".5", "5.", "", "x", " 1"},
	"{zopt}":    {"NX", "XX", "GT", "LT", "CH", "INCR", "nope"},
	"{f}":       {"f1", "f2", "f3", ""},
	"{v}":       {"a", "b", "7", "-3", "", "row 1", "x\x00\r\ny", "9223372036854775807", "ab*", "SYNC"},
	"{name}":    {"chunk_1", "chunk_2", "", "a b", "é", "!~"},
	"{i}":       {"0", "1", "2", "-1", "-2", "5", "-100", "100", "x"},
	"{n}":       {"0", "1", "2", "3", "100", "-1", "9223372036854775807", "-9223372036854775808", "01", "x", ""},
	"{bit}":     {"0", "1", "2", "7", "8", "9", "23", "100", "-1", "4294967296", "x"},
	"{01}":      {"0", "1", "1", "2"},
	"{ttl}":     {"1", "5", "20", "60", "1500", "100000", "0", "-5"},
	"{setopt}":  {"NX", "XX", "GET", "KEEPTTL", "PERSIST", "EX", "px", "nope"},
	"{expopt}":  {"NX", "XX", "GT", "LT", "nope"},
	"{glob}":    {"*", "s*", "?1", "[a-l]1", "[^s]*", "*\\1", "*[a-l]*1", "s**?*", "?*\\", "none", "[", "*1*"},
	"{id}":      {"0", "0-0", "1", "1-1", "1-*", "2-1", "3", "*", "-", "+", "$", "9-9", "x"},
	"{section}": {"server", "Clients", "MEMORY", "persistence", "replication", "keyspace", "default", "all", "everything", "nope"},
	"{lua}":     scripts,
	"{sha}":     shasOf(scripts),
}

func shasOf(scripts []string) (shas []string) {
	for _, body := range scripts {
		shas = append(shas, shaOf([]byte(body)))
	}
	return shas
}

// uniform draws below n without rapid's liking for small numbers.
func uniform(t *rapid.T, n int) int {
	return int(Mix(rapid.Uint64().Draw(t, "choice")) % uint64(n))
}

var genCommand = rapid.Custom(func(t *rapid.T) []string {
	var args []string
	for word := range strings.FieldsSeq(templates[uniform(t, len(templates))]) {
		open, exclusive := strings.CutPrefix(word, "(")
		if g := drawWord[open]; g != nil {
			word = g[uniform(t, len(g))]
			if exclusive {
				word = "(" + word
			}
		}
		args = append(args, word)
	}
	return args
})

// genBurst favours connection 0, so that transactions come together.
var genBurst = rapid.Custom(func(t *rapid.T) burst {
	if uniform(t, 12) == 0 {
		return burst{sleep: time.Duration([]int{1, 6, 22}[uniform(t, 3)]) * time.Millisecond}
	}
	return burst{
		conn:     []int{0, 0, 1, 1, 2}[uniform(t, 5)],
		commands: rapid.SliceOfN(genCommand, 5, 12).Draw(t, "commands"),
	}
})
