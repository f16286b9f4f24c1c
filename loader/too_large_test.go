package loader_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"onceover/loader"
)

// Redis says that an element is too large, or closes the connection before the answer can
// be read. No wait helps.
func TestWhatIsTooLargeForRedisIsRefusedAtOnce(t *testing.T) {
	f := newFixture(t)
	f.exec("CREATE TABLE t (id BIGINT PRIMARY KEY, payload LONGTEXT NOT NULL)",
		"INSERT INTO t VALUES (1, 'a'), (2, REPEAT('x', 1000)), (3, 'c'), (4, REPEAT('x', 1048560))",
		"CREATE TABLE large (id BIGINT PRIMARY KEY, payload LONGTEXT NOT NULL)", "INSERT INTO large VALUES (1, REPEAT('x', 2000000))")
	set := func(name, value string) {
		f.must(f.redis.ConfigSet(context.WithoutCancel(t.Context()), name, value).Err())
	}
	t.Cleanup(func() { set("proto-max-bulk-len", "512mb"); set("client-query-buffer-limit", "1gb") })
	f.must(f.redis.Do(t.Context(), "ACL", "SETUSER", "modest", "on", ">pw", "~*", "+@all", "-config").Err())
	t.Cleanup(func() { f.redis.Do(context.Background(), "ACL", "DELUSER", "modest") })
	for _, tc := range []struct {
		table, setting, value string
		modest                bool // the user may not ask Redis how it is configured
		want                  []string
	}{
		{"t", "proto-max-bulk-len", "1mb", false, []string{"the row with key 4 ", " 1048581 bytes", "takes 1048576"}},
		{"t", "proto-max-bulk-len", "1mb", true, []string{"the row with key 4 ", " 1048581 bytes", "takes less"}},
		{"large", "client-query-buffer-limit", "1mb", false, []string{"the row with key 1 ", " 2000021 bytes", "takes 1048576"}},
	} {
		f.redis.FlushAll(t.Context())
		set("proto-max-bulk-len", "512mb")
		set("client-query-buffer-limit", "1gb")
		set(tc.setting, tc.value)
		cfg := f.config(0, defaultStrategy)
		if tc.modest {
			options := *f.options
			options.Username, options.Password = "modest", "pw"
			cfg.Redis = loader.OpenRedis(&options, defaultStrategy)
			t.Cleanup(func() { cfg.Redis.Close() })
		}
		cfg.Job.Table, cfg.Job.ChunkSize = tc.table, 30
		var told []error
		cfg.Trouble = func(err error, _ time.Duration) { told = append(told, err) }
		cfg.Sleep = func(context.Context, time.Duration) error { return nil }
		_, err := loader.Load(t.Context(), cfg)
		problem := wantProblem(t, err, loader.TooLarge)
		t.Log(err, "; try ", problem.Try)
		if len(told) > 0 && !tc.modest {
			t.Errorf("%s: it waits: %v", tc.setting, told)
		}
		for _, part := range tc.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%v: want %q in it", err, part)
			}
		}
		if !strings.Contains(problem.Try, tc.setting) {
			t.Errorf("%v: the cure is %q", err, problem.Try)
		}
		set(tc.setting, "1gb") // the cure
		cfg.Redis = f.config(0, defaultStrategy).Redis
		if sum, err := loader.Load(t.Context(), cfg); err != nil || sum.Chunks != 1 {
			t.Errorf("then: %+v, %v", sum, err)
		}
	}
}

// MySQL's max_allowed_packet is a limit of what is sent to it; rows may be larger.
func TestRowsMayBeLargerThanMySQLsPackets(t *testing.T) {
	f := newFixture(t)
	const size = 3_200_000
	f.exec("CREATE TABLE t (id BIGINT PRIMARY KEY, text LONGTEXT, bytes LONGBLOB, latin LONGTEXT CHARACTER SET latin1, asian LONGTEXT CHARACTER SET cp932, raw LONGTEXT)",
		"INSERT INTO t SELECT 1, x, x, x, x, x FROM (SELECT REPEAT('x', 3200000) x) y",
		"SET GLOBAL max_allowed_packet = 1048576")
	t.Cleanup(func() { f.db.ExecContext(context.Background(), "SET GLOBAL max_allowed_packet = 67108864") })
	cfg := f.config(0, defaultStrategy)
	cfg.DB = f.open(f.mysql) // with the new limit
	cfg.Job.Base64 = []string{"raw"}
	f.together(cfg)
	element := f.redis.LIndex(t.Context(), "list", 0).Val()
	for name, length := range map[string]int{"text": size, "latin": size, "asian": size, "bytes": (size + 2) / 3 * 4, "raw": (size + 2) / 3 * 4} {
		_, rest, _ := strings.Cut(element, `"`+name+`":"`)
		if value, _, closed := strings.Cut(rest, `"`); !closed || len(value) != length {
			t.Errorf("%s has %d bytes, want %d", name, len(value), length)
		}
	}
}
