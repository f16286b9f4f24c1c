package redismodel

import (
	"slices"
	"strings"
)

// Exists tells whether Redis 8.0 has a command of that name, be it one that the model
// leaves out.
func Exists(name string) bool {
	name = strings.ToLower(name)
	return commands[name] != nil || slices.Contains(missingCommands, name)
}
