package live

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/scenarios/servers"
	"onceover/scenarios/worker"
)

// synced follows how far a Redis that syncs each second has come. It writes a numbered
// mark every few milliseconds, and asks with each to be told when that is on disk: WAITAOF,
// https://redis.io/docs/latest/commands/waitaof/. So it knows the end of each sync as
// finely as it writes. What it writes lies in a database of its own.
type synced struct {
	client *redis.Client
	folder string   // of the append-only file, in the container
	onDisk sync.Map // the numbers of the marks that are on disk

	cancel  context.CancelFunc
	running sync.WaitGroup
	stopped atomic.Bool
}

const (
	marksEvery = 20 * time.Millisecond
	marksIn    = 15 // the database
	markKey    = "synced"
	marksAhead = 200 // that wait to be synced at most: Redis may take two seconds
)

// followSyncs begins to follow, once all that Redis has written so far is on disk. It goes
// on until stop, also when ctx has ended.
func followSyncs(ctx context.Context, server *redis.Options) (*synced, error) {
	options := *server
	options.DB, options.PoolSize, options.PipelinePoolSize, options.ReadTimeout = marksIn, marksAhead, -1, -1
	s := &synced{client: servers.OpenRedis(&options)}
	began := context.AfterFunc(ctx, func() { s.client.Close() }) // a request knows only deadlines
	err := s.begin(ctx)
	if !began() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		s.client.Close()
		return nil, fmt.Errorf("ask Redis what it has synced, for a loss of power (that takes Redis 7.2): %w", err)
	}
	ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.running.Go(func() {
		for n := int64(2); ctx.Err() == nil; n++ { // at once: what comes before the next mark is not lost
			s.running.Go(func() { _ = s.mark(ctx, n) }) // a server that died has not synced it
			_ = worker.Sleep(ctx, marksEvery)
		}
	})
	return s, nil
}

// begin keeps Redis from rewriting its append-only file, which takes the marks out of it,
// and writes the first of them.
func (s *synced) begin(ctx context.Context) (err error) {
	if s.folder, err = appendOnlyFolder(ctx, s.client); err != nil {
		return err
	}
	if err := s.client.ConfigSet(ctx, "auto-aof-rewrite-percentage", "0").Err(); err != nil {
		return err
	}
	return s.mark(ctx, 1)
}

// mark writes a mark and returns when it is on disk.
func (s *synced) mark(ctx context.Context, n int64) error {
	var waited *redis.Cmd
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, markKey, n, 0)
		waited = p.Do(ctx, "waitaof", 1, 0, 0)
		return nil
	})
	if err != nil {
		return err
	}
	reply, err := waited.Int64Slice()
	if err != nil {
		return err
	}
	if len(reply) != 2 || reply[0] != 1 {
		return fmt.Errorf("WAITAOF 1 0 0 was answered with %v", reply)
	}
	s.onDisk.Store(strconv.FormatInt(n, 10), true)
	return nil
}

// marks are how they stand in an append-only file, with their numbers.
var marks = regexp.MustCompile(fmt.Sprintf(`\*3\r\n\$3\r\nset\r\n\$%d\r\n%s\r\n\$[0-9]+\r\n([0-9]+)\r\n`, len(markKey), markKey))

// hold keeps Redis from syncing until it is started anew.
func (s *synced) hold(ctx context.Context) error {
	return s.client.ConfigSet(ctx, "appendfsync", "no").Err()
}

// release lets Redis sync each second again. All connections of the marks may wait for a sync.
func (s *synced) release() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client := servers.OpenRedis(&redis.Options{Addr: s.client.Options().Addr, Password: s.client.Options().Password})
	defer client.Close()
	return client.ConfigSet(ctx, "appendfsync", "everysec").Err()
}

// end is how much of an append-only file Redis had synced before it died: what reached says
// when all marks have been answered.
func (s *synced) end(file []byte) int {
	s.cancel()
	late := time.AfterFunc(patience, func() { s.client.Close() })
	s.running.Wait() // for the last answers
	late.Stop()
	return s.reached(file)
}

// reached is how much of an append-only file Redis is known to have synced, -1 if the file
// does not say. What follows the last mark on disk may be there, too, and somebody may have
// been told so. It is left, up to the next mark, which is not. Marks come by many
// connections, so that the last in the file need not have the highest number.
func (s *synced) reached(file []byte) int {
	end := len(file)
	for _, at := range slices.Backward(marks.FindAllSubmatchIndex(file, -1)) {
		if _, ok := s.onDisk.Load(string(file[at[2]:at[3]])); ok {
			return end
		}
		end = at[0]
	}
	return -1
}

// patience is how long a connection takes at most to end with its server.
const patience = 5 * time.Second

func (s *synced) stop() {
	s.stopped.Store(true)
	s.cancel()
	s.client.Close()
	s.running.Wait()
}

// appendOnlyFolder asks Redis where its append-only file is.
func appendOnlyFolder(ctx context.Context, client *redis.Client) (string, error) {
	settings, err := client.ConfigGet(ctx, "*dir*").Result()
	if err != nil {
		return "", err
	}
	if settings["dir"] == "" || settings["appenddirname"] == "" {
		return "", errors.New("CONFIG GET does not say where its append-only file is")
	}
	return path.Join(settings["dir"], settings["appenddirname"]), nil
}
