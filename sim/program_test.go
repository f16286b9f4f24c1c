package sim

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
)

// pushing pushes each chunk with one RPUSH, and is done.
func pushing(ctx context.Context, env Env) error {
	client := redis.NewClient(env.Redis)
	defer client.Close()
	return push(ctx, env, client)
}

func push(ctx context.Context, env Env, client *redis.Client) error {
	for chunk := range env.Chunks {
		var rows []any
		for _, r := range bareRows(env, chunk) {
			rows = append(rows, r)
		}
		if err := client.RPush(ctx, env.Job.List, rows...).Err(); err != nil {
			return err
		}
	}
	return nil
}

// once is pushing without the client's own retries.
func once(ctx context.Context, env Env) error {
	env.Redis.MaxRetries = -1
	return pushing(ctx, env)
}

// looks is once, but for a look at something beforehand.
func looks(ctx context.Context, env Env) error {
	env.Redis.MaxRetries = -1
	client := redis.NewClient(env.Redis)
	defer client.Close()
	if err := client.Get(ctx, "something").Err(); !errors.Is(err, redis.Nil) {
		return err
	}
	return push(ctx, env, client)
}

// again pushes until as many rows as there are lie in the list.
func again(ctx context.Context, env Env) error {
	client := redis.NewClient(env.Redis)
	defer client.Close()
	for {
		n, err := client.LLen(ctx, env.Job.List).Result()
		if err != nil || n >= int64(env.Chunks*env.Rows) {
			return err
		}
		if err := push(ctx, env, client); err != nil {
			return err
		}
	}
}

// nap pushes and then sleeps for an hour and a half.
func nap(ctx context.Context, env Env) error {
	if err := pushing(ctx, env); err != nil {
		return err
	}
	return env.Sleep(ctx, 90*time.Minute)
}

// spin looks for a key for ever once somebody else has pushed.
func spin(ctx context.Context, env Env) error {
	client := redis.NewClient(env.Redis)
	defer client.Close()
	for env.Worker > 0 {
		if err := client.Get(ctx, "never").Err(); !errors.Is(err, redis.Nil) {
			return err
		}
	}
	return push(ctx, env, client)
}

// asks sends what no model knows, if it is not alone.
func asks(ctx context.Context, env Env) error {
	client := redis.NewClient(env.Redis)
	defer client.Close()
	if env.Workers > 1 {
		return client.GeoAdd(ctx, "places", &redis.GeoLocation{Name: "here"}).Err()
	}
	return push(ctx, env, client)
}

// locking pushes while it holds a lock of MySQL.
func locking(ctx context.Context, env Env) error {
	db, err := loader.OpenMySQL(env.MySQL)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	client := redis.NewClient(env.Redis)
	defer client.Close()
	var got int
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK('all', 60)").Scan(&got); err != nil || got != 1 {
		return errors.Join(errors.New("no lock"), err)
	}
	if n := client.LLen(ctx, env.Job.List).Val(); n > 0 {
		return nil
	}
	return push(ctx, env, client)
}
