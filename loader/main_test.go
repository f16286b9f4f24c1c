package loader_test

import (
	"context"
	"os"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/scenarios/servers/serverstest"
)

func TestMain(m *testing.M) {
	redis.SetLogger(silent{})
	os.Exit(serverstest.Main(m))
}

// silent keeps go-redis from reporting each of the failures that are wanted here.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}
