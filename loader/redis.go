package loader

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// oldestRedis has all that the loader and its scripts need. Valkey gives the version of
// the Redis that it stands for.
var oldestRedis = [2]int{6, 2}

// refuseServer refuses a Redis that is not fit for the job.
func (c Config) refuseServer(ctx context.Context) error {
	if err := refuseOld(ctx, c.Redis); err != nil {
		return err
	}
	if err := c.refuseUndurable(ctx); err != nil || c.AllowEviction {
		return err
	}
	return refuseEviction(ctx, c.Redis)
}

// refuseOld refuses a Redis that is too old.
func refuseOld(ctx context.Context, client *redis.Client) error {
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return redisProblem(err)
	}
	text := infoField(info, "redis_version")
	if text == "" || !older(text, oldestRedis) {
		return nil // what calls itself something else may be as good
	}
	return &Error{
		Problem: TooOld,
		What:    fmt.Sprintf("this Redis is of version %s", text),
		Try:     fmt.Sprintf("Redis %d.%d or later, or Valkey", oldestRedis[0], oldestRedis[1]),
	}
}

// older tells whether a version comes before one that is given by its first two numbers.
func older(version string, than [2]int) bool {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	if errA != nil || errB != nil {
		return false
	}
	return a < than[0] || a == than[0] && b < than[1]
}

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
