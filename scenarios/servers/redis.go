package servers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"onceover/scenarios/servers/images"
)

// StartRedis starts a Redis server. The image may be "". fsync is always or
// everysec, as Redis' setting appendfsync; with anything else the server keeps its
// data in memory alone. More arguments are settings of redis-server.
func (e *Engine) StartRedis(ctx context.Context, image, fsync string, settings ...string) (*Server, error) {
	return e.startRedis(ctx, "Redis", image, fsync, settings...)
}

// StartLockServer starts a Redis that holds locks alone, and that nothing of outlives its end.
// Number tells it from others.
func (e *Engine) StartLockServer(ctx context.Context, image string, number int) (*Server, error) {
	return e.startRedis(ctx, fmt.Sprintf("lock server %d", number), image, "")
}

func (e *Engine) startRedis(ctx context.Context, name, image, fsync string, settings ...string) (*Server, error) {
	image, err := e.image(ctx, images.Redis, image)
	if err != nil {
		return nil, err
	}
	return e.start(ctx, spec{
		name: name, image: image, port: "6379",
		cmd:      slices.Concat([]string{"redis-server", "--save", "", "--tcp-keepalive", "15"}, redisArgs(fsync), settings),
		identity: redisIdentity,
	})
}

func redisArgs(fsync string) []string {
	switch fsync {
	case "always", "everysec":
		return []string{"--appendonly", "yes", "--appendfsync", fsync}
	}
	return []string{"--appendonly", "no"}
}

// redisIdentity returns who a server is that has loaded its data: before, it answers INFO, and
// refuses nearly everything else.
func redisIdentity(ctx context.Context, addr string) (string, error) {
	client := OpenRedis(&redis.Options{Addr: addr})
	defer client.Close()
	persistence, err := client.Info(ctx, "persistence").Result()
	if err != nil {
		return "", err
	}
	if infoField(persistence, "loading") == "1" { // a sentinel says nothing of it
		return "", errors.New("it is still loading its data")
	}
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return "", err
	}
	return "run_id " + infoField(info, "run_id"), nil
}

// OpenRedis opens a client that never repeats a command by itself.
func OpenRedis(options *redis.Options) *redis.Client {
	o := *options
	o.MaxRetries = -1
	o.DialerRetries = 1
	o.ContextTimeoutEnabled = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewClient(&o)
}

// CloseWith closes a client when ctx is cancelled. A request that is under way knows
// only deadlines, and would wait for a server that stands still.
func CloseWith(ctx context.Context, client *redis.Client) *redis.Client {
	context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.Canceled) {
			client.Close()
		}
	})
	return client
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

// RedisVersion asks a server for its version.
func RedisVersion(ctx context.Context, client *redis.Client) (string, error) {
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return "", fmt.Errorf("ask Redis for its version: %w", err)
	}
	return infoField(info, "redis_version"), nil
}
