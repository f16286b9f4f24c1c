package sim

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// listing lists the clients at once and later, and pushes the rows only if told
// of a field.
func listing(field string, lists func(string)) Program {
	return func(ctx context.Context, env Env) error {
		client := redis.NewClient(env.Redis)
		defer client.Close()
		for range 2 {
			list, err := client.ClientList(ctx).Result()
			if err != nil {
				return err
			}
			lists(list)
			if !strings.Contains(list, field) {
				return nil
			}
			if err := env.Sleep(ctx, 1500*time.Millisecond); err != nil {
				return err
			}
		}
		return push(ctx, env, client)
	}
}

// What a worker reads of another is what that has done, and how long ago.
func TestTheListOfClientsIsTrue(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	scene := prepared(t, Setup{Name: "listing", Workers: 2, Chunks: 1, Program: listing("id=", func(list string) {
		mu.Lock()
		defer mu.Unlock()
		for line := range strings.Lines(list) {
			seen = append(seen, strings.Join(regexp.MustCompile(`(age|idle|cmd)=\S+`).FindAllString(line, -1), " "))
		}
	})})
	seen = nil // of the rehearsal
	if _, err := scene.Run(First, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"age=0 idle=0 cmd=hello", "age=0 idle=0 cmd=client|list", "age=1 idle=1 cmd=client|list", "age=1 idle=0 cmd=client|list"} {
		if !slices.Contains(seen, want) {
			t.Errorf("no worker was told %q, but %q", want, seen)
		}
	}
}

func TestAProgramThatReadsMoreThanNamesIsFoundOut(t *testing.T) {
	for field, found := range map[string]bool{" name=": false, " cmd=": true} {
		m := prepared(t, Setup{Name: "listing", Workers: 1, Chunks: 1, NamesOnly: true, Program: listing(field, func(string) {})}).Cache()
		run, err := m.Run(First, false)
		if err != nil {
			t.Fatal(err)
		}
		err = m.Check(run.Log)
		if errors.Is(err, ErrNondeterministic) != found || found && !strings.Contains(err.Error(), "told more of CLIENT LIST") {
			t.Errorf("with %q the error is %v", field, err)
		}
	}
}
