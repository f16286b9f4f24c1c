package mysqlmodel_test

import (
	"flag"
	"os"
	"testing"

	"onceover/scenarios/servers/serverstest"
)

// TestMain draws the same each time, so that a comparison fails for a change and
// not for a draw. Each run makes tables on a real server, which takes time. make
// verify-models draws anew, and more.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.checks": "50"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(serverstest.Main(m))
}
