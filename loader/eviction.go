package loader

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// refuseEviction refuses a Redis that throws keys away when its memory is full: it would
// take rows, or marks, and tell nobody. Policies that take keys with a time to live
// take leases only, which costs nothing.
func refuseEviction(ctx context.Context, client *redis.Client) error {
	info, err := client.Info(ctx, "memory").Result()
	if err != nil {
		return redisProblem(err)
	}
	policy, limit := infoField(info, "maxmemory_policy"), infoField(info, "maxmemory")
	if bytes, _ := strconv.ParseInt(limit, 10, 64); bytes == 0 || !strings.HasPrefix(policy, "allkeys-") {
		return nil
	}
	return &Error{
		Problem: Evicts,
		What:    fmt.Sprintf("this Redis throws away keys when it holds more than %s bytes (maxmemory-policy %s): rows could vanish, and nobody would know", limit, policy),
		Try:     "CONFIG SET maxmemory-policy noeviction; or --allow-eviction, if rows may be lost",
	}
}

func infoField(info, field string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, field+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
