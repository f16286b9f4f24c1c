package loader

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// ownNeeds are the commands that a worker sends itself, whatever its strategy.
var ownNeeds = []string{"BITCOUNT", "EVAL", "EVALSHA", "EXEC", "EXISTS", "GET", "HELLO", "HGET", "HMGET", "HSET", "INFO", "MULTI", "TYPE"}

// RedisRights is what a user of Redis has to be given for a job with a strategy, as
// ACL SETUSER takes it.
func RedisRights(job Job, strategy lock.Strategy) string {
	keys := job.Keys()
	rule := pattern(keys.List, "") + " " + pattern(keys.Own(), "*")
	if !strategy.Conditional {
		return rule + " +@all"
	}
	commands := append(slices.Clone(ownNeeds), measures(keys))
	for _, need := range strategy.Needs(keys) {
		commands = append(commands, need.Command)
	}
	slices.Sort(commands)
	for _, command := range slices.Compact(commands) {
		rule += " +" + strings.ToLower(command)
	}
	return rule
}

// pattern is the rule for the keys that begin so, as redis-cli takes it.
func pattern(key, more string) string {
	rule := "~" + globs.Replace(key) + more
	if strings.ContainsAny(rule, " '\"\\") {
		rule = strconv.Quote(rule)
	}
	return rule
}

var globs = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`)

// explained says what a server's refusal means to whoever runs the job, and what helps.
func (c Config) explained(err error) error {
	if redis.HasErrorPrefix(err, "CROSSSLOT") {
		return noSlot(c.Job.Keys(), err)
	}
	var known *Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if mysqlNumber(err) != 0 {
		return c.explainedOfMySQL(err)
	}
	try := "ACL SETUSER user " + RedisRights(c.Job, c.Strategy) + c.Durability.asks()
	if c.Verifies {
		try += " +lrange"
	}
	const renamed = "a Redis of version 6.2 or later, in which it is not renamed (rename-command)"
	switch {
	case redis.HasErrorPrefix(err, "NOCOMMAND"):
		return &Error{Problem: AccessDenied, What: "this Redis does not know " + answerText(err), Try: renamed}
	case redis.HasErrorPrefix(err, "NORIGHT"):
		return &Error{Problem: AccessDenied, What: "Redis does not let this user run " + answerText(err), Try: try}
	case redis.HasErrorPrefix(err, "BITGONE"), redis.HasErrorPrefix(err, "OWNERGONE"):
		return &Error{Problem: ForeignPlan, What: "Redis has lost a part of this job", Err: err, Try: c.Job.startAnew()}
	case redis.HasErrorPrefix(err, "WRONGTYPE"):
		return &Error{Problem: WrongListType, What: "a key of this job holds something else by now", Err: err, Try: c.Job.startAnew()}
	case refusedRight(err):
		return &Error{Problem: AccessDenied, What: "Redis refuses a command to this user", Err: err, Try: try}
	case unknownCommand(err):
		return &Error{Problem: AccessDenied, What: "this Redis lacks a command that is needed", Err: err, Try: renamed}
	}
	return redisProblem(err)
}

// noSlot is of a target for which no node of a cluster is right.
func noSlot(keys lock.Keys, err error) error {
	job := Job{List: keys.List, Stream: keys.Stream}
	return &Error{Problem: Unfit, What: "this Redis is a node of a cluster, where no other key can share the slot of " + job.Target(), Err: err,
		Try: "a " + job.Kind() + " without } in its name, or one with a hash tag: {shop}:a"}
}

// explainedOfMySQL is explained, of an error in which MySQL had a part.
func (c Config) explainedOfMySQL(err error) error {
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	return tableProblem(c.Job, err)
}

// answerText is what a script's own answer says after its first word.
func answerText(err error) string {
	_, text, _ := strings.Cut(err.Error(), " ")
	text, _, _ = strings.Cut(text, " script: ")
	return text
}

// refusedRight tells whether Redis refused a command for want of a right to it or to a
// key of it. To a script it says so without the prefix.
func refusedRight(err error) bool {
	var refusal redis.Error
	return errors.As(err, &refusal) &&
		slices.ContainsFunc(refusals, func(part string) bool { return strings.Contains(refusal.Error(), part) })
}

// refusals are parts of what Redis says, the last two to a script: of version 7.2 and
// later, and of those before.
var refusals = []string{"NOPERM", "ACL failure in script", "can't run this command or subcommand"}

// unknownCommand tells whether the server does not know a command by its name.
func unknownCommand(err error) bool {
	var refusal redis.Error
	return errors.As(err, &refusal) &&
		(strings.Contains(refusal.Error(), "unknown command") || strings.Contains(refusal.Error(), "Unknown Redis command"))
}
