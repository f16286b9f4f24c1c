package mysqlmodel_test

import (
	"os"
	"testing"

	"onceover/scenarios/servers/serverstest"
)

func TestMain(m *testing.M) { os.Exit(serverstest.Main(m)) }
