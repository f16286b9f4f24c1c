package live

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

// followedRedis starts a Redis that syncs each second, and is followed until the test ends.
func followedRedis(t *testing.T, args ...string) (server *servers.Server, addr string, followed *synced) {
	t.Helper()
	server, err := serverstest.Engine(t).StartRedis(t.Context(), "", "everysec", args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Remove(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if addr, err = server.Addr(); err != nil {
		t.Fatal(err)
	}
	if followed, err = followSyncs(t.Context(), &redis.Options{Addr: addr}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(followed.stop)
	return server, addr, followed
}

// A write that Redis has confirmed to be on disk survives a loss of power, even where Redis
// would otherwise rewrite its file.
func TestALossOfPowerLeavesWhatWasConfirmed(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	server, addr, followed := followedRedis(t, "--auto-aof-rewrite-min-size", "1kb", "--auto-aof-rewrite-percentage", "1")
	client := servers.OpenRedis(&redis.Options{Addr: addr, PoolSize: 1000, ReadTimeout: -1})
	var confirmed [350]bool
	var asking sync.WaitGroup
	for n := range confirmed { // far more often than the marks
		if n == len(confirmed)-20 { // else a sync may fall between the last and the loss
			if err := followed.hold(ctx); err != nil {
				t.Fatal(err)
			}
		}
		asking.Go(func() {
			var waited *redis.Cmd
			_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
				p.Set(ctx, strconv.Itoa(n), "", 0)
				waited = p.Do(ctx, "waitaof", 1, 0, 0)
				return nil
			})
			confirmed[n] = err == nil && fmt.Sprint(waited.Val()) == "[1 0]"
		})
		time.Sleep(7 * time.Millisecond) // the pace of the writes, which go on across two syncs, a second apart
	}
	if evidence, lost, err := server.LosePower(ctx, followed.folder, followed.end); err != nil || len(lost) == 0 {
		t.Fatalf("%s: %d bytes are gone (%v)", evidence, len(lost), err)
	}
	client.Close()
	asking.Wait()
	if _, err := server.Start(ctx); err != nil {
		t.Fatal(err)
	}
	addr, err := server.Addr() // of its second life
	if err != nil {
		t.Fatal(err)
	}
	client = servers.OpenRedis(&redis.Options{Addr: addr})
	defer client.Close()
	told := 0
	for n, confirmed := range confirmed {
		if !confirmed {
			continue
		}
		told++
		if there, err := client.Exists(ctx, strconv.Itoa(n)).Result(); err != nil || there == 0 {
			t.Errorf("write %d was confirmed, and is gone (%v)", n, err)
		}
	}
	if told == 0 || confirmed[len(confirmed)-1] {
		t.Errorf("%d writes were confirmed", told)
	}
}

// What is written after the hold stays unsynced for longer than a second, after which Redis
// would have synced it.
func TestRedisDoesNotSyncWhileALossOfPowerIsAtHand(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	server, _, followed := followedRedis(t)
	if err := followed.hold(ctx); err != nil {
		t.Fatal(err)
	}
	for before := -1; ; {
		file, err := server.AppendOnly(ctx, followed.folder)
		if err != nil {
			t.Fatal(err)
		}
		if before < 0 {
			before = len(file)
		}
		if end := followed.reached(file); end < 0 || end > before {
			t.Fatalf("%d bytes are on disk, and %d had been written when Redis was told not to sync", end, before)
		}
		if len(marks.FindAllIndex(file[before:], -1)) > int(1200*time.Millisecond/marksEvery) {
			return
		}
	}
}

// A loss of power that fails leaves Redis as it was: what is written is synced within the second.
func TestRedisSyncsAgainAfterALossOfPowerThatFailed(t *testing.T) {
	t.Parallel()
	server, addr, followed := followedRedis(t)
	if err := followed.hold(t.Context()); err != nil {
		t.Fatal(err)
	}
	for followed.client.PoolStats().TotalConns < marksAhead { // until each connection waits for a sync
		time.Sleep(look) // between two looks
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := followed.awaitLoss(cancelled, &watched{Server: server}, nil); err == nil {
		t.Fatal("the wait for a loss was cancelled, and did not fail")
	}
	client := servers.OpenRedis(&redis.Options{Addr: addr, ReadTimeout: -1})
	defer client.Close()
	var waited *redis.Cmd
	if _, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		p.Set(t.Context(), "later", "", 0)
		waited = p.Do(t.Context(), "waitaof", 1, 0, 30_000)
		return nil
	}); err != nil || fmt.Sprint(waited.Val()) != "[1 0]" {
		t.Errorf("WAITAOF: %v (%v)", waited.Val(), err)
	}
}

func TestWhatFollowsTheLastMarkOnDiskIsLeft(t *testing.T) {
	mark := func(n int) string { return fmt.Sprintf("*3\r\n$3\r\nset\r\n$6\r\nsynced\r\n$2\r\n%d\r\n", n) }
	for _, c := range []struct {
		onDisk     []string
		left, gone string
	}{
		{[]string{"10", "11"}, mark(10) + mark(11) + "rows", mark(12) + "more"},
		{[]string{"10", "11", "12"}, mark(10) + mark(11) + "rows" + mark(12) + "more", ""},
		{[]string{"10", "11"}, mark(11) + mark(12) + "an earlier life" + mark(10) + mark(11) + "rows", mark(12)},
		{[]string{"10", "11", "12"}, mark(10) + mark(12) + mark(11) + "rows", mark(13)}, // 12 overtook 11
		{[]string{"10", "12"}, mark(10) + mark(11) + mark(12) + "rows", mark(13)},       // what was said of 11 did not arrive
	} {
		s := &synced{cancel: func() {}}
		for _, n := range c.onDisk {
			s.onDisk.Store(n, true)
		}
		if got := s.end([]byte(c.left + c.gone)); got != len(c.left) {
			t.Errorf("the marks %v are on disk, and %d of %d bytes are left, want %d", c.onDisk, got, len(c.left+c.gone), len(c.left))
		}
	}
	if got := (&synced{cancel: func() {}}).end([]byte(mark(10))); got != -1 {
		t.Errorf("of a file without the mark %d bytes are left", got)
	}
}
