package target

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

const (
	slice   = 10_000 // elements that are read at a time
	atATime = 16     // lists
)

// Element is one row as it stands in Redis, or what stands in the place of a row.
type Element struct {
	Key     string
	ID      string // of an entry of a stream
	Content []byte
	Instead bool // the key is of another type, which Content names
}

// Reads are the commands with which a target is read.
func (t Target) Reads() []string {
	if t.stream {
		return []string{"TYPE", "XLEN", "XRANGE"}
	}
	return []string{"TYPE", "LLEN", "LRANGE"}
}

// Len is how many elements there are. What is of another type has none.
func (t Target) Len(ctx context.Context, client redis.Cmdable) (n int64, err error) {
	replies, _ := client.Pipelined(ctx, func(p redis.Pipeliner) error { // each reply has its error
		for _, key := range t.keys {
			if t.stream {
				p.XLen(ctx, key)
			} else {
				p.LLen(ctx, key)
			}
		}
		return nil
	})
	for _, reply := range replies {
		length, err := reply.(*redis.IntCmd).Result()
		if err != nil && !wrongType(err) {
			return n, fmt.Errorf("ask for the length of %s: %w", t, err)
		}
		n += length
	}
	return n, nil
}

// Asked says which command Len gives, and how often.
func (t Target) Asked() (command string, times int64) {
	return strings.ToLower(t.Reads()[1]), int64(len(t.keys))
}

// Each visits all elements. Whatever else stands in the place of a key counts as one.
func (t Target) Each(ctx context.Context, client redis.Cmdable, visit func(Element) error) error {
	if t.stream {
		return t.After(ctx, client, "", visit)
	}
	for keys := range slices.Chunk(t.keys, atATime) {
		replies, _ := client.Pipelined(ctx, func(p redis.Pipeliner) error { // each reply has its error
			for _, key := range keys {
				p.LRange(ctx, key, 0, slice-1)
			}
			return nil
		})
		for i, key := range keys {
			if err := t.list(ctx, client, key, replies[i].(*redis.StringSliceCmd), visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// list visits the elements of one list, of which the first have been read.
func (t Target) list(ctx context.Context, client redis.Cmdable, key string, reply *redis.StringSliceCmd, visit func(Element) error) error {
	for from := int64(slice); ; from += slice {
		elements, err := reply.Result()
		if err != nil {
			return t.instead(ctx, client, key, err, visit)
		}
		for _, element := range elements {
			if err := visit(Element{Key: key, Content: []byte(element)}); err != nil {
				return err
			}
		}
		if len(elements) < slice {
			return nil
		}
		reply = client.LRange(ctx, key, from, from+slice-1)
	}
}

// After visits the entries of a stream that follow on one, from its id; "": all.
func (t Target) After(ctx context.Context, client redis.Cmdable, id string, visit func(Element) error) error {
	key := t.keys[0]
	for {
		entries, err := client.XRangeN(ctx, key, from(id), "+", slice).Result()
		if err != nil {
			return t.instead(ctx, client, key, err, visit)
		}
		for _, entry := range entries {
			if err := visit(Element{Key: key, ID: entry.ID, Content: content(entry.Values)}); err != nil {
				return err
			}
			id = entry.ID
		}
		if len(entries) < slice {
			return nil
		}
	}
}

func from(id string) string {
	if id == "" {
		return "-"
	}
	return "(" + id
}

// instead visits what is no list, or no stream.
func (t Target) instead(ctx context.Context, client redis.Cmdable, key string, why error, visit func(Element) error) error {
	if !wrongType(why) {
		return fmt.Errorf("read %s: %w", t, why)
	}
	kind, err := client.Type(ctx, key).Result()
	if err != nil {
		return fmt.Errorf("look at %s: %w", t, err)
	}
	return visit(Element{Key: key, Content: fmt.Appendf(nil, "a %s in place of %s", kind, t.one()), Instead: true})
}

// one is one of the keys, in sentences.
func (t Target) one() string {
	if t.stream {
		return "the stream"
	}
	return "the list"
}

// Misfit says of a key that it is of another type than the target, or "".
func (t Target) Misfit(ctx context.Context, client redis.Cmdable) (string, error) {
	want := map[bool]string{false: "list", true: "stream"}[t.stream]
	for keys := range slices.Chunk(t.keys, slice) {
		replies, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, key := range keys {
				p.Type(ctx, key)
			}
			return nil
		})
		if err != nil {
			return "", fmt.Errorf("look at %s: %w", t, err)
		}
		for i, key := range keys {
			if kind := replies[i].(*redis.StatusCmd).Val(); kind != want && kind != "none" {
				return fmt.Sprintf("%q is a %s, and no %s", key, kind, want), nil
			}
		}
	}
	return "", nil
}

func wrongType(err error) bool { return redis.HasErrorPrefix(err, "WRONGTYPE") }

// content is what an entry of a stream holds: the value of its only field, or an object of
// all its fields.
func content(fields map[string]any) []byte {
	object := make(map[string]json.RawMessage, len(fields))
	for name, value := range fields {
		text, _ := value.(string)
		if len(fields) == 1 {
			return []byte(text)
		}
		object[name] = member(text)
	}
	return encoded(object)
}

// member is a field of that object. An object or an array is there as itself, so that a
// path leads into it.
func member(text string) json.RawMessage {
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		if json.Valid([]byte(text)) {
			return json.RawMessage(text)
		}
	}
	return encoded(text)
}

// encoded leaves characters as they are, as a pattern expects them.
func encoded(value any) []byte {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	_ = out.Encode(value) // a text, or texts and JSON that is valid
	return bytes.TrimSpace(text.Bytes())
}
