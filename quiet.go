package main

import (
	"context"
	"io"
	"log"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"
)

// silenceDrivers keeps the clients of both servers from writing to standard error by
// themselves. They return the same as errors.
func silenceDrivers() {
	_ = mysql.SetLogger(log.New(io.Discard, "", 0)) // fails for nil only
	redis.SetLogger(silence{})
}

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}
