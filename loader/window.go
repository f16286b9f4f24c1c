package loader

import (
	"context"
	"fmt"
	"math/bits"

	"github.com/redis/go-redis/v9"
)

const (
	windowBytes = 2 << 20  // wanted of a window of the list
	windowMost  = 64 << 20 // of all of it but the largest element
	windowCount = 20_000   // a few milliseconds of the Redis server
	windowFirst = 64
)

// window is the part of a list that is read at once. LRANGE counts elements and not bytes,
// so a window counts as many as would weigh windowBytes if they were as large as the
// largest of the window before. That says nothing of what comes: no more are counted than
// the largest rows of the table would allow.
type window struct {
	length      int64 // of the list, all the time
	first, last int64 // of what the job pushed, by index; last is not of it
	sizes       sizes // of the rows
}

// newWindow sets aside what the list held before, which stands at the end to which nothing
// was pushed.
func newWindow(length, before int64, right bool) window {
	before = min(before, length)
	if right {
		return window{length: length, first: before, last: length}
	}
	return window{length: length, last: length - before}
}

func (w *window) total() int64 { return w.last - w.first }

// eachElement visits what the job pushed.
func (v *verifier) eachElement(ctx context.Context, visit func(element []byte, at int64)) error {
	w := &v.list
	most := min(w.sizes.fit(windowMost), windowCount)
	count := min(most, windowFirst)
	var element []byte
	for at := w.first; at < w.last; {
		var elements []string
		err := v.cfg.patiently(ctx, transient, func(ctx context.Context) (err error) {
			elements, err = v.elements(ctx, at, min(count, w.last-at))
			return err
		})
		if err != nil {
			return err
		}
		largest := 1
		for i, e := range elements {
			largest = max(largest, len(e))
			element = append(element[:0], e...)
			visit(element, at+int64(i))
		}
		at += int64(len(elements))
		count = max(1, min(most, int64(windowBytes/largest)))
		v.report(at - w.first)
	}
	return v.cfg.patiently(ctx, transient, v.unchanged)
}

// elements reads a window of a list that stays as it is.
func (v *verifier) elements(ctx context.Context, at, count int64) ([]string, error) {
	var elements *redis.StringSliceCmd
	var length *redis.IntCmd
	list := v.cfg.Job.List
	_, err := v.cfg.Redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		elements, length = p.LRange(ctx, list, at, at+count-1), p.LLen(ctx, list)
		return nil
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the list: %w", err)
	case length.Val() != v.list.length || int64(len(elements.Val())) != count:
		if _, err := v.cfg.standing(ctx, v.cfg.Redis, v.plan); err != nil {
			return nil, err // which is why
		}
		return nil, v.changed(fmt.Sprintf("%d elements", length.Val()))
	}
	return elements.Val(), nil
}

// unchanged looks whether the list is still that of this plan, and as long as it was.
func (v *verifier) unchanged(ctx context.Context) error {
	stands, err := v.cfg.standing(ctx, v.cfg.Redis, v.plan)
	if err == nil && stands.left > 0 {
		return foreign(v.cfg.Job, "Redis lost its plan, or marks of it, while it was compared")
	}
	if err == nil && stands.target.now != v.list.length {
		err = v.changed(fmt.Sprintf("%d elements", stands.target.now))
	}
	return err
}

// changed is of a comparison that says nothing.
func (v *verifier) changed(to string) error {
	return &Error{
		Problem: ListChanged,
		What: fmt.Sprintf("list %s or table %s changed while they were compared, which says nothing of either: the list held %d elements, and then %s",
			v.cfg.Job.List, v.cfg.Job.Table, v.list.length, to),
		Try: "the same command, while nobody takes from the list, pushes to it or writes to the table",
	}
}

// sizes counts elements by the number of binary digits of their length.
type sizes [bits.UintSize + 1]int64

func (s *sizes) add(length int) { s[bits.Len(uint(length))]++ }

// fit is how many elements, whichever they are, weigh no more than so many bytes beside the
// largest of them; no less than one.
func (s *sizes) fit(within int64) int64 {
	count, beside := int64(0), false
	for class := len(s) - 1; class >= 0; class-- {
		times := s[class]
		if times > 0 && !beside {
			count, times, beside = 1, times-1, true
		}
		if weight := int64(1) << min(class, 62); within/weight < times {
			return count + within/weight
		}
		count += times
		within -= times << min(class, 62)
	}
	return 1 << 62 // all of them, however often
}
