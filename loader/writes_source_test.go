package loader_test

import (
	"strings"
	"testing"

	"onceover/loader"
	"onceover/loader/lock"
)

// A load only reads in the source's database.
func TestStrategiesThatWriteToTheSourceAreRefused(t *testing.T) {
	f := newFixture(t)
	f.rows(20)
	for _, s := range lock.All() {
		if !s.WritesSource {
			continue
		}
		before := f.dump()
		_, err := loader.LoadTogether(t.Context(), f.config(0, s), loader.At(f.options))
		if problem := wantProblem(t, err, loader.BadJob); !strings.Contains(problem.What, s.Name) {
			t.Errorf("it says %v", problem)
		}
		f.wantUnchanged(s.Name, before)
		var table string
		if err := f.db.QueryRowContext(t.Context(), "SHOW TABLES LIKE 'onceover\\_chunks\\_%'").Scan(&table); err == nil {
			t.Errorf("%s has made the table %s", s.Name, table)
		}
	}
}
