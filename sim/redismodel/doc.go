// Package redismodel is an in-memory model of a Redis 8.0 server for deterministic
// simulation: a pure state machine without goroutines, clock or I/O. Time is an
// argument of every call, the same calls give the same bytes, and a Server can
// be copied, hashed and crashed at any point between two commands.
//
// It answers what it knows byte for byte as redis-server 8.0.6 does, error
// texts included, in RESP2 and, after HELLO 3, in RESP3. Tests compare it with
// a real server (ONCEOVER_TEST_REDIS=host:port, or one in a container) on random
// conversations that name every command, and with a recorded conversation where
// there is none. It answers everything else with
//
//	ERR simulated redis: unsupported command 'X'
//
// and lists in Unsupported; a run with such an entry proves nothing.
//
// # Limits
//
// Keys expire when they are looked at, as of the time that is passed in; DBSIZE and
// KEYS never show an expired key. WAIT, WAITAOF and XREADGROUP BLOCK answer at once
// as if their timeout had passed or their condition come true. WAIT and WAITAOF for
// a replica with timeout 0 block their connection until it is closed. Anything else
// that would wait without end is unsupported, and so is BLPOP or BRPOP that finds no
// element. Nobody subscribes, so PUBLISH reaches nobody. KEYS is sorted, SCAN
// returns each key once, where a real server may repeat some, and a hash lists its
// fields and a set its members in the order of their creation, a set of integers in
// theirs, as a real one does while it is small. A score of very many digits may be
// written with others than a real server's, which sometimes takes more than the
// fewest that read back. There is one database, no password, no replica and no
// cluster. INFO and CONFIG have the fields that a client looks for. Memory is
// counted roughly, and more than 256 MiB of data is unsupported; eviction follows
// exact recency, or else the names. Bitmaps end at bit 67108863, and SETRANGE at
// byte 8388607.
//
// CLIENT LIST shows the sizes of buffers and the events of an idle connection, and
// the simulated server listens on 127.0.0.1:6379.
//
// Scripts run on gopher-lua: the texts of Lua's own run-time errors and of syntax
// errors differ from a real server's, and pairs over a library finds nothing. What
// would show an address (tostring of a table) is unsupported, as are collectgarbage
// of more than a collection, string.rep of more than 64 MB, a pattern that ends with
// a single %, and next of a key that is not there. TIME stands still in a script.
// math.random goes on from script to script, as in a real server since its start,
// which a Crash is too. The libraries cjson, cmsgpack, struct and bit, the functions
// load, loadstring and gcinfo, redis.setresp, redis.set_repl and redis.breakpoint,
// RESP3 replies by table (double, map, set, big_number, verbatim_string) and scripts
// with a shebang or the word goto, and the 501st script by EVAL, are unsupported,
// and so is a script of more than five million instructions, where a real server
// begins to answer BUSY at some time.
//
// Unsupported forms of known commands: INFO of a section by name beside server,
// clients, memory, persistence, replication and keyspace, SELECT of another
// database, XADD with ~, MINID or LIMIT, XGROUP CREATE with ENTRIESREAD, XREADGROUP
// BLOCK 0 that finds nothing, ZRANGE BYLEX, WAITAOF of an append-only file under
// appendfsync no, in a transaction, a script or with numlocal 0, CONFIG of anything
// but appendfsync, appendonly, maxmemory, maxmemory-policy, tcp-keepalive and
// timeout.
//
// Unsupported commands and subcommands stand in table.go, beside those that are
// known.
//
// # Example
//
//	s := redismodel.New(redismodel.Options{})
//	c := s.Connect("10.0.0.1:4000")
//	reply := s.Do(c, 0, [][]byte{[]byte("PING")}, nil) // "+PONG\r\n"
package redismodel
