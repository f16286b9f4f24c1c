package mysqlmodel_test

import (
	"flag"
	"os"
	"testing"

	"onceover/scenarios/servers/serverstest"
)

// TestMain draws the same each time, so that a comparison fails for a change and
// not for a draw. make verify-models draws anew.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.seed", "1"); err != nil {
		panic(err)
	}
	os.Exit(serverstest.Main(m))
}
