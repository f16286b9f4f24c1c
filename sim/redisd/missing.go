package redisd

import "strings"

// missingCommands exist in Redis 8.0 and not in the model. The package
// documentation repeats this list; a test compares them.
var missingCommands = func() map[string]bool {
	m := make(map[string]bool)
	for name := range strings.FieldsSeq(missingNames) {
		m[name] = true
	}
	return m
}()

const missingNames = `
acl asking bgrewriteaof bgsave bitfield bitfield_ro bitop blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin
cluster command copy dump failover fcall fcall_ro function geoadd geodist geohash geopos georadius georadius_ro
georadiusbymember georadiusbymember_ro geosearch geosearchstore getset hexpire hexpireat hexpiretime hgetdel hgetex
hincrbyfloat hpersist hpexpire hpexpireat hpexpiretime hpttl hrandfield hscan hsetex hstrlen httl incrbyfloat lastsave
latency lcs linsert lmpop lolwut lpos memory migrate module monitor move msetnx object pfadd pfcount pfdebug pfmerge
pfselftest psubscribe psync publish pubsub punsubscribe randomkey readonly readwrite rename renamenx replconf replicaof
restore restore-asking role sadd save scard sdiff sdiffstore setrange shutdown sinter sintercard sinterstore sismember
slaveof slowlog smembers smismember smove sort sort_ro spop spublish srandmember srem sscan ssubscribe subscribe substr
sunion sunionstore sunsubscribe swapdb sync touch unsubscribe vadd vcard vdim vemb vgetattr vinfo vismember vlinks
vrandmember vrem vsetattr vsim xclaim xinfo xread xrevrange xsetid xtrim zadd zcard zcount zdiff zdiffstore zincrby
zinter zintercard zinterstore zlexcount zmpop zmscore zpopmax zpopmin zrandmember zrange zrangebylex zrangebyscore
zrangestore zrank zrem zremrangebylex zremrangebyrank zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore
zrevrank zscan zscore zunion zunionstore
`
