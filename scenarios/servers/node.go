package servers

import (
	"context"
	"fmt"

	"onceover/scenarios/servers/images"
)

// StartNode starts a Redis, or a Sentinel, that others have to reach at the address at
// which clients do: a node of a cluster, a replica. It is in the network of the engine's
// machine, at a port that has to be free there, and keeps it when it is started again. The
// lines are its configuration.
func (e *Engine) StartNode(ctx context.Context, image, port string, sentinel bool, lines ...string) (*Server, error) {
	image, err := e.image(ctx, images.Redis, image)
	if err != nil {
		return nil, err
	}
	lines = append([]string{"port " + port, "bind " + e.reach.listen, "dir /tmp", "protected-mode no"}, lines...)
	run := "redis-server /tmp/redis.conf"
	if sentinel {
		run += " --sentinel"
	}
	// What the server has written to its configuration outlives it.
	script := fmt.Sprintf("[ -e /tmp/redis.conf ] || printf '%%s\\n' \"$@\" >/tmp/redis.conf; exec %s", run)
	return e.start(ctx, spec{
		name: "Redis at " + port, image: image, port: port, bare: true,
		cmd:      append([]string{"sh", "-c", script, "sh"}, lines...),
		identity: redisIdentity,
	})
}
