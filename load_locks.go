package main

import (
	"errors"

	"onceover/loader"
	"onceover/reports"
)

// lockTargets are the lock servers.
func (c loadCmd) lockTargets() (all []*loader.Target, err error) {
	for _, address := range c.Locks {
		target, err := loader.ParseTarget(address)
		if err != nil {
			return nil, advice{error: errors.New("--lock-redis-url cannot be read"), try: "redis://user:password@host:6379/0, once for each lock server", code: reports.ExitUsage}
		}
		if err := c.tlsFiles.redis(target.Options); err != nil {
			return nil, err
		}
		all = append(all, target)
	}
	return all, nil
}
