package mysqld_test

import (
	"os"
	"testing"

	"onceover/scenarios/live/livetest"
)

func TestMain(m *testing.M) { os.Exit(livetest.MainWith(m, livetest.MySQLVariable)) }
