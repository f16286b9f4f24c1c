package main

import (
	"context"

	"onceover/scenarios/live"
)

type imagesCmd struct{}

func (imagesCmd) Run(ctx context.Context, s streams) error {
	return live.BuildImages(ctx, s.stderr)
}
