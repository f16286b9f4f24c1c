package loader_test

import (
	"testing"

	"onceover/loader"
	"onceover/loader/lock"
)

func TestManyWorkersLoadEveryRowOnce(t *testing.T) {
	f := newFixture(t)
	f.rows(1234)
	configs := make([]loader.Config, 8)
	for i := range configs {
		configs[i] = f.config(i, lock.Default())
	}
	sum := f.together(configs...)
	f.wantEach(1234, 1)
	if sum.Rows != 1234 || sum.Chunks != 124 || sum.Left != 0 {
		t.Errorf("the workers did %+v, want 1234 rows in 124 chunks and none left", sum)
	}
}
