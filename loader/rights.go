package loader

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// ownNeeds are the commands that a worker sends itself, whatever its strategy.
var ownNeeds = []string{"BITCOUNT", "EVAL", "EVALSHA", "EXEC", "EXISTS", "GET", "HELLO", "HGET", "HMGET", "HSET", "INFO", "LLEN", "MULTI", "TYPE"}

// RedisRights is what a user of Redis has to be given for a job with a strategy, as
// ACL SETUSER takes it.
func RedisRights(job Job, strategy lock.Strategy) string {
	keys := job.Keys()
	rule := fmt.Sprintf("~%s ~%s", keys.List, keys.Own())
	if !strategy.Conditional {
		return rule + " +@all"
	}
	commands := slices.Clone(ownNeeds)
	for _, need := range strategy.Needs(keys) {
		commands = append(commands, need.Command)
	}
	slices.Sort(commands)
	for _, command := range slices.Compact(commands) {
		rule += " +" + strings.ToLower(command)
	}
	return rule
}

// explained names the right that was missing, where Redis refused a command.
func (c Config) explained(err error) error {
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	try := "ACL SETUSER user " + RedisRights(c.Job, c.Strategy)
	missing := norightText(err)
	switch {
	case missing != "":
		return &Error{Problem: AccessDenied, What: "Redis does not let this user run " + missing, Try: try}
	case refusedRight(err):
		return &Error{Problem: AccessDenied, What: "Redis refuses a command to this user", Err: err, Try: try}
	case unknownCommand(err):
		return &Error{Problem: AccessDenied, What: "this Redis lacks a command that is needed", Err: err,
			Try: "a Redis of version 6.2 or later, in which it is not renamed (rename-command)"}
	}
	return err
}

// norightText lists what agree.lua missed.
func norightText(err error) string {
	if !redis.HasErrorPrefix(err, "NORIGHT") {
		return ""
	}
	_, text, _ := strings.Cut(err.Error(), "NORIGHT ")
	text, _, _ = strings.Cut(text, " script: ")
	return text
}

// refusedRight tells whether Redis refused a command for want of a right to it or to a
// key of it. To a script it says so without the prefix.
func refusedRight(err error) bool {
	var refusal redis.Error
	return errors.As(err, &refusal) &&
		(strings.Contains(refusal.Error(), "NOPERM") || strings.Contains(refusal.Error(), "ACL failure in script"))
}

// unknownCommand tells whether the server does not know a command by its name.
func unknownCommand(err error) bool {
	var refusal redis.Error
	return errors.As(err, &refusal) &&
		(strings.Contains(refusal.Error(), "unknown command") || strings.Contains(refusal.Error(), "Unknown Redis command"))
}
