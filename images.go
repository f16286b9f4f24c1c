package main

import (
	"context"
	"errors"
	"fmt"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/images"
)

type imagesCmd struct {
	Missing    bool   `help:"Get only what is not here: pull it, or else build it. Without a Docker engine, do nothing and say so."`
	RedisImage string `env:"REDIS_IMAGE" placeholder:"IMAGE" help:"With --missing: the Redis image; else redis:8.0."`
	MySQLImage string `name:"mysql-image" env:"MYSQL_IMAGE" placeholder:"IMAGE" help:"With --missing: the MySQL image; else mysql:9.7."`
}

func (imagesCmd) Help() string {
	return `Builds onceover/redis:8.0 and onceover/mysql:9.7 from Debian packages. That needs bash, the docker command, and the package mmdebstrap, which is installed if you are root on Debian.

Examples:
  onceover images              build both, present or not
  onceover images --missing    what chaos and the tests do by themselves`
}

func (c imagesCmd) Run(ctx context.Context, s streams) error {
	engine, err := servers.Dial(ctx, func(format string, args ...any) { fmt.Fprintf(s.stderr, format+"\n", args...) })
	if c.Missing && errors.Is(err, servers.ErrNoEngine) && ctx.Err() == nil {
		fmt.Fprintf(s.stderr, "no images: %s\n", format.OneLine(err))
		return nil
	}
	if err != nil {
		return err
	}
	if !c.Missing {
		return servers.BuildImages(ctx, s.stderr)
	}
	err = engine.Images(ctx, map[images.Kind]string{images.Redis: c.RedisImage, images.MySQL: c.MySQLImage})
	if err != nil && ctx.Err() == nil {
		return advice{error: err, try: "name images that are here: REDIS_IMAGE and MYSQL_IMAGE", code: reports.ExitEnvironment}
	}
	return err
}
