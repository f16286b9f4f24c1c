package loader

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// Redis takes at least this much at once, however it is configured. Less is no question.
const alwaysTaken = 1 << 20

// largest is the largest element of a chunk among those that a Redis may refuse.
type largest struct {
	size int
	key  string
}

// tooLarge finds out whether a commit failed because of its size. Redis may say so, or just
// close the connection, which would be waited for and tried again for nothing.
func (w *worker) tooLarge(ctx context.Context, err error) error {
	refused := redis.HasErrorPrefix(err, "Protocol error")
	element := w.reader.encode.largest
	if element.size <= alwaysTaken || !refused && !Closed(err) {
		return err
	}
	guessed := false
	for _, l := range sizeLimits {
		limit, known := w.limit(ctx, l)
		guessed = guessed || !known
		if element.size > limit || refused && !known {
			return &Error{Problem: TooLarge, Err: err,
				What: fmt.Sprintf("the row with key %s makes an element of %d bytes, and Redis takes %s", element.key, element.size, atMost(limit, known)),
				Try:  "CONFIG SET " + l.name + " to more; or --columns without what is so large, and " + w.cfg.Job.another()}
		}
	}
	if guessed {
		return &Error{Problem: Unreachable, What: NoRedis, Err: err, // which may pass
			Try: fmt.Sprintf("is it running? If it is, its proto-max-bulk-len may be less than the %d bytes that the row with key %s makes", element.size, element.key)}
	}
	return err
}

// sizeLimits are settings of Redis that an element may exceed, and what they usually are.
var sizeLimits = []sizeLimit{
	{"proto-max-bulk-len", 512 << 20},
	{"client-query-buffer-limit", 1 << 30},
}

type sizeLimit struct {
	name  string
	usual int
}

// limit asks Redis for one of its limits. A user who may not ask goes by the default.
func (w *worker) limit(ctx context.Context, l sizeLimit) (bytes int, known bool) {
	settings, err := w.cfg.Redis.ConfigGet(ctx, l.name).Result()
	if Closed(err) { // that was the connection on which the commit failed
		settings, err = w.cfg.Redis.ConfigGet(ctx, l.name).Result()
	}
	if err != nil {
		return l.usual, false
	}
	bytes, err = strconv.Atoi(settings[l.name])
	if err != nil {
		return l.usual, false
	}
	return bytes, true
}

func atMost(limit int, known bool) string {
	if known {
		return fmt.Sprintf("%d", limit)
	}
	return fmt.Sprintf("less (%d, if it is configured as usual)", limit)
}
