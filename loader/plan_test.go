package loader_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"onceover/loader"
)

func TestPlansOfTables(t *testing.T) {
	f := newFixture(t)
	for _, tc := range []struct {
		name, key   string
		ids         []string
		layout      loader.Layout
		first, last string
		bounds      []loader.Bounds
	}{
		{name: "empty", key: "BIGINT", layout: loader.Ranges},
		{name: "one row", key: "BIGINT", ids: []string{"-7"}, layout: loader.Ranges, first: "-7", last: "-7",
			bounds: []loader.Bounds{{First: "-7", Last: "-7"}}},
		{name: "dense", key: "INT", ids: sequence(-2, 7), layout: loader.Ranges, first: "-2", last: "7",
			bounds: []loader.Bounds{{First: "-2", Last: "0"}, {First: "1", Last: "3"}, {First: "4", Last: "6"}, {First: "7", Last: "7"}}},
		{name: "half full", key: "INT", ids: []string{"1", "3", "5", "7", "8"}, layout: loader.Ranges, first: "1", last: "8",
			bounds: []loader.Bounds{{First: "1", Last: "3"}, {First: "4", Last: "6"}, {First: "7", Last: "8"}}},
		{name: "sparse", key: "BIGINT", ids: []string{"-9223372036854775808", "-5", "0", "3", "1000", "9223372036854775807"},
			layout: loader.Keyset, first: "-9223372036854775808", last: "9223372036854775807",
			bounds: []loader.Bounds{{First: "-9223372036854775808", Last: "2"}, {First: "3", Last: "9223372036854775807"}}},
		{name: "beyond the signed", key: "BIGINT UNSIGNED", ids: []string{"18446744073709551613", "18446744073709551614", "18446744073709551615", "18446744073709551612"},
			layout: loader.Ranges, first: "18446744073709551612", last: "18446744073709551615",
			bounds: []loader.Bounds{{First: "18446744073709551612", Last: "18446744073709551614"}, {First: "18446744073709551615", Last: "18446744073709551615"}}},
		{name: "whole unsigned", key: "BIGINT UNSIGNED", ids: []string{"0", "9223372036854775807", "9223372036854775808", "18446744073709551615"},
			layout: loader.Keyset, first: "0", last: "18446744073709551615",
			bounds: []loader.Bounds{{First: "0", Last: "18446744073709551614"}, {First: "18446744073709551615", Last: "18446744073709551615"}}},
		{name: "zerofill", key: "INT ZEROFILL", ids: []string{"7", "8"}, layout: loader.Ranges, first: "7", last: "8",
			bounds: []loader.Bounds{{First: "7", Last: "8"}}},
	} {
		f.exec("DROP TABLE IF EXISTS t", "CREATE TABLE t (id "+tc.key+" PRIMARY KEY)")
		if len(tc.ids) > 0 {
			f.exec("INSERT INTO t VALUES (" + strings.Join(tc.ids, "), (") + ")")
		}
		plan, err := loader.NewPlan(t.Context(), f.source, loader.Job{Table: "t", List: "list", ChunkSize: 3}, "s")
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if plan.Layout != tc.layout || plan.Rows != uint64(len(tc.ids)) || plan.First != tc.first || plan.Last != tc.last {
			t.Errorf("%s: plan %+v", tc.name, plan)
		}
		var bounds []loader.Bounds
		for i := range plan.Chunks() {
			bounds = append(bounds, plan.Bounds(i))
		}
		if fmt.Sprint(bounds) != fmt.Sprint(tc.bounds) {
			t.Errorf("%s: bounds %v, want %v", tc.name, bounds, tc.bounds)
		}
	}
}

func sequence(from, to int) []string {
	var ids []string
	for i := from; i <= to; i++ {
		ids = append(ids, fmt.Sprint(i))
	}
	return ids
}

func TestKeysetChunksHoldEquallyManyRows(t *testing.T) {
	f := newFixture(t)
	random := rand.New(rand.NewPCG(1, 2))
	ids := map[int64]bool{}
	for len(ids) < 1001 {
		ids[int64(random.Uint64())] = true
	}
	var rows []string
	for id := range ids {
		rows = append(rows, fmt.Sprintf("(%d)", id))
	}
	f.exec("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES "+strings.Join(rows, ","))
	plan, err := loader.NewPlan(t.Context(), f.source, loader.Job{Table: "t", List: "list", ChunkSize: 100}, "s")
	if err != nil {
		t.Fatal(err)
	}
	if plan.Layout != loader.Keyset || plan.Chunks() != 11 {
		t.Fatalf("layout %s with %d chunks", plan.Layout, plan.Chunks())
	}
	for i := range plan.Chunks() {
		b, want := plan.Bounds(i), 100
		if i == 10 {
			want = 1
		}
		var n int
		if err := f.db.QueryRow(fmt.Sprintf("SELECT COUNT(*) FROM t WHERE id BETWEEN %s AND %s", b.First, b.Last)).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n != want {
			t.Errorf("chunk %d holds %d rows, want %d", i, n, want)
		}
	}
}

func TestKeysOfEveryKindAreLoaded(t *testing.T) {
	f := newFixture(t)
	for _, tc := range []struct {
		table string
		key   []string
	}{
		{"CREATE TABLE t (id TINYINT PRIMARY KEY)", nil},
		{"CREATE TABLE t (id SMALLINT UNSIGNED PRIMARY KEY)", nil},
		{"CREATE TABLE t (id MEDIUMINT ZEROFILL PRIMARY KEY)", nil},
		{"CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY)", nil},
		{"CREATE TABLE t (id INT NOT NULL UNIQUE)", nil}, // MySQL makes it the primary key
		{"CREATE TABLE t (id INT NOT NULL UNIQUE, a INT NOT NULL DEFAULT 1, b INT AUTO_INCREMENT, PRIMARY KEY (b, a))", []string{"ID"}},
		{"CREATE TABLE t (`id` INT NOT NULL PRIMARY KEY, INDEX (id))", []string{"id"}},
	} {
		f.redis.FlushAll(t.Context())
		f.exec("DROP TABLE IF EXISTS t", tc.table, "INSERT INTO t (id) VALUES (1), (2), (3), (30), (31)")
		cfg := f.config(0, defaultStrategy)
		cfg.Job.Key, cfg.Job.ChunkSize = tc.key, 2
		sum := f.together(cfg)
		if counts := f.counts(); sum.Rows != 5 || len(counts) != 5 || counts[31] != 1 {
			t.Errorf("%s: %+v, ids %v", tc.table, sum, counts)
		}
	}
}

func TestExtremeKeysAreLoaded(t *testing.T) {
	f := newFixture(t)
	for _, tc := range []struct {
		key string
		ids []string // in order
	}{
		{"BIGINT", []string{"-9223372036854775808", "-9223372036854775807", "-1", "0", "1", "9223372036854775806", "9223372036854775807"}},
		{"BIGINT UNSIGNED", []string{"0", "9223372036854775807", "9223372036854775808", "18446744073709551614", "18446744073709551615"}},
		{"BIGINT UNSIGNED", []string{"18446744073709551612", "18446744073709551613", "18446744073709551614", "18446744073709551615"}},
		{"TINYINT", []string{"-128", "-127", "126", "127"}},
	} {
		for _, size := range []int{1, 2, 1000} {
			f.redis.FlushAll(t.Context())
			f.exec("DROP TABLE IF EXISTS t", "CREATE TABLE t (id "+tc.key+" PRIMARY KEY)", "INSERT INTO t VALUES ("+strings.Join(tc.ids, "), (")+")")
			cfg := f.config(0, defaultStrategy)
			cfg.Job.ChunkSize = size
			f.together(cfg)
			var want []string
			for _, id := range tc.ids {
				want = append(want, `{"id":`+id+`}`)
			}
			got := f.elements()
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s in chunks of %d: elements %v, want %v", tc.key, size, got, want)
			}
		}
	}
}
