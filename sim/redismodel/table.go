package redismodel

import "strings"

// commands is what the model knows: arity and flags as in COMMAND INFO of a
// real server. A command that is in neither this table nor missingCommands
// does not exist in Redis 8.0.
var commands = named(map[string]*command{
	"ping":   {arity: -1, run: cmdPing},
	"echo":   {arity: 2, run: cmdEcho},
	"hello":  {arity: -1, flags: noScript, run: cmdHello},
	"auth":   {arity: -2, flags: noScript, run: cmdAuth},
	"select": {arity: 2, run: cmdSelect},
	"quit":   {arity: -1, flags: noScript | immediate | naming, run: cmdQuit},
	"reset":  {arity: 1, flags: noScript | immediate | naming, run: cmdReset},
	"client": {
		arity: -2,
		subs: map[string]*command{
			"id":       {arity: 2, flags: noScript, run: cmdClientID},
			"list":     {arity: -2, flags: noScript | clients | clock, run: cmdClientList},
			"info":     {arity: 2, flags: noScript | clients | clock, run: cmdClientInfo},
			"setname":  {arity: 3, flags: noScript | naming, run: cmdClientSetName},
			"getname":  {arity: 2, flags: noScript, run: cmdClientGetName},
			"setinfo":  {arity: 4, flags: noScript, run: cmdClientSetInfo},
			"kill":     {arity: -3, flags: noScript | allKeys | naming | clock, run: cmdClientKill},
			"no-evict": {arity: 3, flags: noScript, run: switches(func(c *conn) *bool { return &c.noEvict })},
			"no-touch": {arity: 3, flags: noScript, run: switches(func(c *conn) *bool { return &c.noTouch })},
		},
		missing: []string{"caching", "getredir", "help", "pause", "reply", "tracking", "trackinginfo", "unblock", "unpause"},
	},

	"get":      {arity: 2, flags: readOnly, keys: firstKey, run: on(kindString, null, cmdGet)},
	"set":      {arity: -3, flags: write | denyOOM, keys: firstKey, run: cmdSet},
	"setnx":    {arity: 3, flags: write | denyOOM, keys: firstKey, run: cmdSetNX},
	"setex":    {arity: 4, flags: write | denyOOM | clock, keys: firstKey, run: setsFor("setex", 1000)},
	"psetex":   {arity: 4, flags: write | denyOOM | clock, keys: firstKey, run: setsFor("psetex", 1)},
	"getdel":   {arity: 2, flags: write, keys: firstKey, run: on(kindString, null, cmdGetDel)},
	"getex":    {arity: -2, flags: write | clock, keys: firstKey, run: cmdGetEX},
	"getrange": {arity: 4, flags: readOnly, keys: firstKey, run: on(kindString, emptyString, cmdGetRange, 2, 3)},
	"strlen":   {arity: 2, flags: readOnly, keys: firstKey, run: on(kindString, zero, cmdLength)},
	"append":   {arity: 3, flags: write | denyOOM, keys: firstKey, run: on(kindString, nil, cmdAppend)},
	"incr":     {arity: 2, flags: write | denyOOM, keys: firstKey, run: adds(1)},
	"decr":     {arity: 2, flags: write | denyOOM, keys: firstKey, run: adds(-1)},
	"incrby":   {arity: 3, flags: write | denyOOM, keys: firstKey, run: adds(1)},
	"decrby":   {arity: 3, flags: write | denyOOM, keys: firstKey, run: adds(-1)},
	"mget":     {arity: -2, flags: readOnly, keys: everyKey, run: cmdMGet},
	"getset":   {arity: 3, flags: write | denyOOM, keys: firstKey, run: on(kindString, nil, cmdGetSet)},
	"setrange": {arity: 4, flags: write | denyOOM, keys: firstKey, run: cmdSetRange},
	"mset":     {arity: -3, flags: write | denyOOM, keys: keySpec{1, -1, 2}, run: cmdMSet},

	"del":         {arity: -2, flags: write, keys: everyKey, run: eachKey((*Server).remove)},
	"unlink":      {arity: -2, flags: write, keys: everyKey, run: eachKey((*Server).remove)},
	"exists":      {arity: -2, flags: readOnly, keys: everyKey, run: eachKey(func(*Server, *object) {})},
	"type":        {arity: 2, flags: readOnly, keys: firstKey, run: cmdType},
	"expire":      {arity: -3, flags: write | clock, keys: firstKey, run: setsExpiry("expire", 1000, false)},
	"pexpire":     {arity: -3, flags: write | clock, keys: firstKey, run: setsExpiry("pexpire", 1, false)},
	"expireat":    {arity: -3, flags: write | clock, keys: firstKey, run: setsExpiry("expireat", 1000, true)},
	"pexpireat":   {arity: -3, flags: write | clock, keys: firstKey, run: setsExpiry("pexpireat", 1, true)},
	"ttl":         {arity: 2, flags: readOnly | clock, keys: firstKey, run: answersExpiry(1000, false)},
	"pttl":        {arity: 2, flags: readOnly | clock, keys: firstKey, run: answersExpiry(1, false)},
	"persist":     {arity: 2, flags: write, keys: firstKey, run: cmdPersist},
	"expiretime":  {arity: 2, flags: readOnly, keys: firstKey, run: answersExpiry(1000, true)},
	"pexpiretime": {arity: 2, flags: readOnly, keys: firstKey, run: answersExpiry(1, true)},
	"keys":        {arity: 2, flags: readOnly | allKeys, run: cmdKeys},
	"scan":        {arity: -2, flags: readOnly | allKeys, run: cmdScan},
	"rename":      {arity: 3, flags: write, keys: keySpec{1, 2, 1}, run: renames(false, appendOK, appendOK)},
	"renamenx":    {arity: 3, flags: write, keys: keySpec{1, 2, 1}, run: renames(true, appendNo, appendYes)},
	"dbsize":      {arity: 1, flags: readOnly | allKeys, run: cmdDBSize},
	"flushall":    {arity: -1, flags: write | allKeys, run: cmdFlush},
	"flushdb":     {arity: -1, flags: write | allKeys, run: cmdFlush},

	"getbit":   {arity: 3, flags: readOnly, keys: firstKey, run: cmdGetBit},
	"setbit":   {arity: 4, flags: write | denyOOM, keys: firstKey, run: cmdSetBit},
	"bitcount": {arity: -2, flags: readOnly, keys: firstKey, run: cmdBitCount},
	"bitpos":   {arity: -3, flags: readOnly, keys: firstKey, run: cmdBitPos},

	"lpush":     {arity: -3, flags: write | denyOOM, keys: firstKey, run: on(kindList, nil, pushes(true))},
	"rpush":     {arity: -3, flags: write | denyOOM, keys: firstKey, run: on(kindList, nil, pushes(false))},
	"lpushx":    {arity: -3, flags: write | denyOOM, keys: firstKey, run: on(kindList, zero, pushes(true))},
	"rpushx":    {arity: -3, flags: write | denyOOM, keys: firstKey, run: on(kindList, zero, pushes(false))},
	"lpop":      {arity: -2, flags: write, keys: firstKey, run: pops("lpop", true)},
	"rpop":      {arity: -2, flags: write, keys: firstKey, run: pops("rpop", false)},
	"llen":      {arity: 2, flags: readOnly, keys: firstKey, run: on(kindList, zero, cmdLength)},
	"lrange":    {arity: 4, flags: readOnly, keys: firstKey, run: on(kindList, emptyArray, cmdLRange, 2, 3)},
	"lindex":    {arity: 3, flags: readOnly, keys: firstKey, run: on(kindList, null, cmdLIndex)},
	"lset":      {arity: 4, flags: write | denyOOM, keys: firstKey, run: on(kindList, noSuchKey, cmdLSet)},
	"ltrim":     {arity: 4, flags: write, keys: firstKey, run: on(kindList, okay, cmdLTrim, 2, 3)},
	"lrem":      {arity: 4, flags: write, keys: firstKey, run: cmdLRem},
	"lmove":     {arity: 5, flags: write | denyOOM, keys: keySpec{1, 2, 1}, run: cmdLMove},
	"rpoplpush": {arity: 3, flags: write | denyOOM, keys: keySpec{1, 2, 1}, run: cmdRPopLPush},
	"lpos":      {arity: -3, flags: readOnly, keys: firstKey, run: cmdLPos},
	"blpop":     {arity: -3, flags: write, keys: keySpec{1, -2, 1}, run: blocksFor("blpop", true)},
	"brpop":     {arity: -3, flags: write, keys: keySpec{1, -2, 1}, run: blocksFor("brpop", false)},

	"sadd":       {arity: -3, flags: write | denyOOM, keys: firstKey, run: on(kindSet, nil, cmdSAdd)},
	"srem":       {arity: -3, flags: write, keys: firstKey, run: on(kindSet, zero, cmdSRem)},
	"sismember":  {arity: 3, flags: readOnly, keys: firstKey, run: on(kindSet, zero, cmdSIsMember)},
	"smismember": {arity: -3, flags: readOnly, keys: firstKey, run: on(kindSet, nil, cmdSMIsMember)},
	"scard":      {arity: 2, flags: readOnly, keys: firstKey, run: on(kindSet, zero, cmdLength)},
	"smembers":   {arity: 2, flags: readOnly, keys: firstKey, run: on(kindSet, emptySet, cmdSMembers)},

	"zadd":             {arity: -4, flags: write | denyOOM, keys: firstKey, run: cmdZAdd},
	"zincrby":          {arity: 4, flags: write | denyOOM, keys: firstKey, run: cmdZIncrBy},
	"zrem":             {arity: -3, flags: write, keys: firstKey, run: on(kindSortedSet, zero, cmdZRem)},
	"zscore":           {arity: 3, flags: readOnly, keys: firstKey, run: on(kindSortedSet, null, cmdZScore)},
	"zcard":            {arity: 2, flags: readOnly, keys: firstKey, run: on(kindSortedSet, zero, cmdLength)},
	"zcount":           {arity: 4, flags: readOnly, keys: firstKey, run: cmdZCount},
	"zrank":            {arity: -3, flags: readOnly, keys: firstKey, run: cmdZRank},
	"zrange":           {arity: -4, flags: readOnly, keys: firstKey, run: ranges(false)},
	"zrangebyscore":    {arity: -4, flags: readOnly, keys: firstKey, run: ranges(true)},
	"zremrangebyscore": {arity: 4, flags: write, keys: firstKey, run: cmdZRemRangeByScore},
	"zpopmin":          {arity: -2, flags: write, keys: firstKey, run: cmdZPopMin},

	"hset":    {arity: -4, flags: write | denyOOM, keys: firstKey, run: setsFields("hset", appendInt)},
	"hmset":   {arity: -4, flags: write | denyOOM, keys: firstKey, run: setsFields("hmset", func(out []byte, _ int64) []byte { return appendOK(out) })},
	"hsetnx":  {arity: 4, flags: write | denyOOM, keys: firstKey, run: on(kindHash, nil, cmdHSetNX)},
	"hget":    {arity: 3, flags: readOnly, keys: firstKey, run: on(kindHash, null, cmdHGet)},
	"hmget":   {arity: -3, flags: readOnly, keys: firstKey, run: on(kindHash, nil, cmdHMGet)},
	"hgetall": {arity: 2, flags: readOnly, keys: firstKey, run: on(kindHash, emptyMap, cmdHGetAll)},
	"hdel":    {arity: -3, flags: write, keys: firstKey, run: on(kindHash, zero, cmdHDel)},
	"hlen":    {arity: 2, flags: readOnly, keys: firstKey, run: on(kindHash, zero, cmdLength)},
	"hexists": {arity: 3, flags: readOnly, keys: firstKey, run: on(kindHash, zero, cmdHExists)},
	"hkeys":   {arity: 2, flags: readOnly, keys: firstKey, run: on(kindHash, emptyArray, eachField(func(f field) string { return f.name }))},
	"hvals":   {arity: 2, flags: readOnly, keys: firstKey, run: on(kindHash, emptyArray, eachField(func(f field) string { return f.value }))},
	"hincrby": {arity: 4, flags: write | denyOOM, keys: firstKey, run: on(kindHash, nil, cmdHIncrBy, 3)},

	"multi":   {arity: 1, flags: noScript | immediate, run: cmdMulti},
	"exec":    {arity: 1, flags: noScript | immediate | allKeys | clients | naming | clock, run: cmdExec},
	"discard": {arity: 1, flags: noScript | immediate, run: cmdDiscard},
	"watch":   {arity: -2, flags: noScript | immediate | readOnly, keys: everyKey, run: cmdWatch},
	"unwatch": {arity: 1, flags: noScript, run: cmdUnwatch},

	"eval":       {arity: -3, flags: noScript | write | clock, keys: countedKeys, run: evaluates(false)},
	"evalsha":    {arity: -3, flags: noScript | write | clock, keys: countedKeys, run: evaluatesSHA(false)},
	"eval_ro":    {arity: -3, flags: noScript | readOnly | clock, keys: countedKeys, run: evaluates(true)},
	"evalsha_ro": {arity: -3, flags: noScript | readOnly | clock, keys: countedKeys, run: evaluatesSHA(true)},
	"script": {
		arity: -2,
		subs: map[string]*command{
			"load":   {arity: 3, flags: noScript, run: cmdScriptLoad},
			"exists": {arity: -3, flags: noScript, run: cmdScriptExists},
			"flush":  {arity: -2, flags: noScript, run: cmdScriptFlush},
			"kill":   {arity: 2, flags: noScript, run: cmdScriptKill},
		},
		missing: []string{"debug", "help"},
	},

	"xadd": {arity: -5, flags: write | denyOOM | clock, keys: firstKey, run: cmdXAdd},
	"xgroup": {
		arity: -2,
		subs: map[string]*command{
			"create":         {arity: -5, flags: write | denyOOM, keys: keySpec{2, 2, 1}, run: cmdXGroupCreate},
			"createconsumer": {arity: 5, flags: write | denyOOM, keys: keySpec{2, 2, 1}, run: inGroup(noSuchGroup, createConsumer)},
			"delconsumer":    {arity: 5, flags: write, keys: keySpec{2, 2, 1}, run: inGroup(noSuchGroup, deleteConsumer)},
			"destroy":        {arity: 4, flags: write, keys: keySpec{2, 2, 1}, run: inGroup(func(_ [][]byte, out []byte) []byte { return appendInt(out, 0) }, destroyGroup)},
		},
		missing: []string{"help", "setid"},
	},
	"xreadgroup": {arity: -7, flags: write | clock, keys: streamKeys, run: cmdXReadGroup},
	"xack":       {arity: -4, flags: write, keys: firstKey, run: on(kindStream, zero, cmdXAck)},
	"xautoclaim": {arity: -6, flags: write | clock, keys: firstKey, run: cmdXAutoClaim},
	"xlen":       {arity: 2, flags: readOnly, keys: firstKey, run: on(kindStream, zero, cmdLength)},
	"xpending":   {arity: -3, flags: readOnly | clock, keys: firstKey, run: cmdXPending},
	"xrange":     {arity: -4, flags: readOnly, keys: firstKey, run: cmdXRange},
	"xdel":       {arity: -3, flags: write, keys: firstKey, run: on(kindStream, zero, cmdXDel)},

	"publish": {arity: 3, flags: replicates, run: cmdPublish},

	"info": {arity: -1, flags: allKeys | clients | clock, run: cmdInfo},
	"config": {
		arity: -2,
		subs: map[string]*command{
			"get": {arity: -3, flags: noScript | allKeys, run: cmdConfigGet},
			"set": {arity: -4, flags: noScript | allKeys, run: cmdConfigSet},
		},
		missing: []string{"help", "resetstat", "rewrite"},
	},
	"wait":    {arity: 3, run: cmdWait},
	"waitaof": {arity: 4, flags: allKeys, run: cmdWaitAOF},
	"time":    {arity: 1, flags: clock, run: cmdTime},
})

func named(table map[string]*command) map[string]*command {
	for name, cmd := range table {
		cmd.name = name
		for sub, s := range cmd.subs {
			s.name = name + "|" + sub
		}
	}
	return table
}

// missingCommands exist in Redis 8.0 and not in the model.
var missingCommands = strings.Fields(`
acl asking bgrewriteaof bgsave bitfield bitfield_ro bitop blmove blmpop brpoplpush bzmpop bzpopmax bzpopmin cluster
command copy debug dump failover fcall fcall_ro function geoadd geodist geohash geopos georadius georadius_ro
georadiusbymember georadiusbymember_ro geosearch geosearchstore hexpire hexpireat hexpiretime hgetdel hgetex
hincrbyfloat hpersist hpexpire hpexpireat hpexpiretime hpttl hrandfield hscan hsetex hstrlen httl incrbyfloat lastsave
latency lcs linsert lmpop lolwut memory migrate module monitor move msetnx object pfadd pfcount pfdebug pfmerge
pfselftest psubscribe psync pubsub punsubscribe randomkey readonly readwrite replconf replicaof restore restore-asking
role save sdiff sdiffstore shutdown sinter sintercard sinterstore slaveof slowlog smove sort sort_ro spop spublish
srandmember sscan ssubscribe subscribe substr sunion sunionstore sunsubscribe swapdb sync touch unsubscribe vadd vcard
vdim vemb vgetattr vinfo vismember vlinks vrandmember vrem vsetattr vsim xclaim xinfo xread xrevrange xsetid xtrim
zdiff zdiffstore zinter zintercard zinterstore zlexcount zmpop zmscore zpopmax zrandmember zrangebylex zrangestore
zremrangebylex zremrangebyrank zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zunion zunionstore
`)
