package live

import (
	"context"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"onceover/faults"
	"onceover/scenarios/live/images"
)

// StartRedis starts a Redis server that persists as told. The image may be "".
func (e *Engine) StartRedis(ctx context.Context, image string, persistence faults.Persistence) (*Server, error) {
	image, err := e.image(ctx, images.Redis, image)
	if err != nil {
		return nil, err
	}
	return e.start(ctx, spec{
		name: "Redis", image: image, port: "6379",
		cmd:      append([]string{"redis-server", "--save", "", "--tcp-keepalive", "15"}, redisArgs(persistence)...),
		identity: redisIdentity,
	})
}

func redisArgs(p faults.Persistence) []string {
	switch p {
	case faults.Always, faults.EverySec:
		return []string{"--appendonly", "yes", "--appendfsync", string(p)}
	}
	return []string{"--appendonly", "no"}
}

func redisIdentity(ctx context.Context, addr string) (string, error) {
	client := adminRedis(&redis.Options{Addr: addr})
	defer client.Close()
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return "", err
	}
	return "run_id " + infoField(info, "run_id"), nil
}

// adminRedis opens a client that never repeats a command by itself.
func adminRedis(options *redis.Options) *redis.Client {
	o := *options
	o.MaxRetries = -1
	o.DialerRetries = 1
	o.ContextTimeoutEnabled = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewClient(&o)
}

// infoField reads one field of an INFO reply.
func infoField(info, field string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, field+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// redisVersion asks a server for its version.
func redisVersion(ctx context.Context, client *redis.Client) (string, error) {
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return "", fmt.Errorf("ask Redis for its version: %w", err)
	}
	return infoField(info, "redis_version"), nil
}
