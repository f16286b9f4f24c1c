package main

import (
	"context"
	"fmt"
	"os/exec"

	"onceover/scenarios/live"
	"onceover/scenarios/live/images"
)

type doctorCmd struct{}

// Run looks at everything, whatever it finds on the way.
func (doctorCmd) Run(ctx context.Context, s streams) error {
	missing := 0
	say := func(ok bool, what, try string) {
		mark := "ok     "
		if !ok {
			mark = "MISSING"
			missing++
		}
		fmt.Fprintf(s.stdout, "%s  %s\n", mark, what)
		if !ok {
			fmt.Fprintf(s.stdout, "         try: %s\n", try)
		}
	}
	engine, err := live.Dial(ctx, nil)
	if err != nil {
		say(false, "Docker engine: "+err.Error(), "install and start Docker; without it: chaos --redis-url U --mysql-dsn D")
		return advice{error: fmt.Errorf("%d things are missing", missing), code: exitEnvironment}
	}
	version, err := engine.Version()
	say(err == nil, "Docker engine "+version, "docker version")
	for _, kind := range []images.Kind{images.Redis, images.MySQL} {
		pulled, built := images.Names(kind)
		name, err := engine.Present(kind)
		if err != nil {
			return err
		}
		if name != "" {
			say(true, "image "+name, "")
			continue
		}
		_, noBuilder := exec.LookPath("mmdebstrap")
		fmt.Fprintf(s.stdout, "later    image %s is not here: chaos pulls it, or builds %s (mmdebstrap here: %v)\n", pulled, built, noBuilder == nil)
	}
	if missing > 0 {
		return advice{error: fmt.Errorf("%d things are missing", missing), code: exitEnvironment}
	}
	return nil
}
