package loader

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// mostHops is how often one command is sent on. Nodes that do not agree could send it
// round for ever.
const mostHops = 8

// follower sends on what a node of a cluster has not carried out because the list is on
// another node, and looks for the node when it fails.
type follower struct{ t *Target }

func (f follower) DialHook(next redis.DialHook) redis.DialHook { return next }

func (f follower) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		return f.follow(ctx, []redis.Cmder{cmd}, func(ctx context.Context, cmds []redis.Cmder) error {
			err := next(ctx, cmds[0])
			cmds[0].SetErr(err) // next leaves out what comes of a connection
			return err
		})
	}
}

func (f follower) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error { return f.follow(ctx, cmds, next) }
}

func (f follower) follow(ctx context.Context, cmds []redis.Cmder, next redis.ProcessPipelineHook) error {
	life := f.t.life.Load()
	err := next(ctx, cmds)
	for range mostHops {
		undone := refusedOf(cmds)
		if len(undone) == 0 || ctx.Err() != nil {
			break
		}
		to := redirectOf(undone)
		if to.moved {
			f.t.follow(ctx, to.addr)
		}
		if ctx.Value(staying{}) != nil {
			break
		}
		for _, cmd := range undone {
			cmd.SetErr(nil)
		}
		life = f.t.life.Load()
		if to.ask {
			err = f.t.askAt(ctx, f.t.resolved(to.addr), undone)
		} else {
			err = next(ctx, undone)
		}
		if err == nil {
			err = firstError(cmds)
		}
	}
	f.t.blame(err, life)
	return err
}

// staying marks a context whose commands have to be carried out on one connection, or
// not at all.
type staying struct{}

func stay(ctx context.Context) context.Context { return context.WithValue(ctx, staying{}, true) }

// refusedOf are the commands that were not carried out, and are to be sent on: of a
// transaction all or none.
func refusedOf(cmds []redis.Cmder) (undone []redis.Cmder) {
	for _, cmd := range cmds {
		if to := redirected(cmd.Err()); to != (redirect{}) && !ofConnection(cmd) {
			undone = append(undone, cmd)
		}
	}
	if len(undone) > 0 && isTransaction(cmds) {
		return cmds
	}
	return undone
}

// ofConnection tells whether a command makes a connection ready: there is no other node
// for it.
func ofConnection(cmd redis.Cmder) bool {
	return slices.Contains([]string{"hello", "auth", "client", "select"}, cmd.Name())
}

func isTransaction(cmds []redis.Cmder) bool { return cmds[0].Name() == "multi" }

// redirect is where a command is to be sent. Without an address it was not sent at all.
type redirect struct {
	moved, ask, unsent bool
	addr               string
}

func redirected(err error) redirect {
	if errors.Is(err, errElsewhere) {
		return redirect{unsent: true}
	}
	for _, kind := range []struct {
		word string
		to   redirect
	}{{"MOVED ", redirect{moved: true}}, {"ASK ", redirect{ask: true}}} {
		if !redis.HasErrorPrefix(err, kind.word) {
			continue
		}
		parts := strings.Fields(err.Error())
		if at := strings.LastIndexByte(parts[len(parts)-1], ':'); len(parts) == 3 && at >= 0 {
			kind.to.addr = net.JoinHostPort(strings.Trim(parts[2][:at], "[]"), parts[2][at+1:])
			return kind.to
		}
	}
	return redirect{}
}

func redirectOf(cmds []redis.Cmder) (to redirect) {
	for _, cmd := range cmds {
		if to = redirected(cmd.Err()); to != (redirect{}) {
			return to
		}
	}
	return to
}

func firstError(cmds []redis.Cmder) error {
	for _, cmd := range cmds {
		if err := cmd.Err(); err != nil {
			return err
		}
	}
	return nil
}

// askAt has a node carry out commands on keys that are moving to it. It takes each only
// after ASKING, a transaction as a whole.
func (t *Target) askAt(ctx context.Context, addr string, cmds []redis.Cmder) error {
	client := t.node(addr)
	defer client.Close()
	conn := client.Conn()
	defer conn.Close()
	failed := func(cmds []redis.Cmder, err error) error {
		var answer redis.Error
		if !errors.As(err, &answer) {
			err = &nodeError{addr: addr, by: theCluster, err: err}
		}
		setErrors(cmds, err)
		return err
	}
	if isTransaction(cmds) {
		if err := conn.Do(ctx, "ASKING").Err(); err != nil {
			return failed(cmds, err)
		}
		_, err := conn.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			for _, cmd := range cmds[1 : len(cmds)-1] {
				_ = tx.Process(ctx, cmd) // only queues it
			}
			return nil
		})
		return err
	}
	for i, cmd := range cmds {
		if err := conn.Do(ctx, "ASKING").Err(); err != nil {
			return failed(cmds[i:], err)
		}
		_ = conn.Process(ctx, cmd) // the command keeps its error
	}
	return firstError(cmds)
}

func setErrors(cmds []redis.Cmder, err error) {
	for _, cmd := range cmds {
		cmd.SetErr(err)
	}
}

// blame looks for the reason of an error in the node that was asked at that time.
func (t *Target) blame(err error, life int64) {
	var answer redis.Error
	switch {
	case err == nil || errors.Is(err, context.Canceled) || errors.Is(err, errElsewhere):
	case !errors.As(err, &answer):
		t.lose(life)
	case t.several() && (redis.HasErrorPrefix(err, "CLUSTERDOWN") || redis.HasErrorPrefix(err, "READONLY") || redis.HasErrorPrefix(err, "MASTERDOWN")):
		t.leave(life)
	}
}

// resolved is an address that the present node names.
func (t *Target) resolved(addr string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return beside(t.at, addr)
}
