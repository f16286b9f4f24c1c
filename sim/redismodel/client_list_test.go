package redismodel

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

var clientTimes = regexp.MustCompile(`age=\d+ idle=\d+`)

// A server counts ages in whole seconds of its own, so a real one and the model
// agree only if they are asked in the same ones.
func TestTheListOfClientsTellsTheTimeAsARealServerDoes(t *testing.T) {
	p, err := newPair(realAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	model := p.models[0]
	model.Disconnect(p.ids[0])
	inOneSecond := func(what func(i int) error) (at time.Duration) {
		t.Helper()
		for i := 0; ; i++ {
			before, err := p.clock()
			if err == nil {
				err = what(i)
			}
			at, timeErr := p.clock()
			if err != nil || timeErr != nil {
				t.Fatal(err, timeErr)
			}
			if at.Truncate(time.Second) == before.Truncate(time.Second) {
				return at
			}
		}
	}
	waitUntil := func(second time.Duration) {
		for now := time.Duration(0); now < second; time.Sleep(5 * time.Millisecond) {
			if now, err = p.clock(); err != nil {
				t.Fatal(err)
			}
		}
	}
	var c *realConn
	model.advance(inOneSecond(func(int) (err error) {
		if c != nil {
			c.Close()
		}
		if c, err = dialReal(p.addr); err == nil {
			_, err = c.do("PING")
		}
		return err
	}))
	defer c.Close()
	id := model.Connect("10.0.0.1:1")
	model.Do(id, 0, bytesOf("PING"), nil)
	realID, err := c.do("CLIENT", "ID")
	if err != nil {
		t.Fatal(err)
	}
	compare := func(active time.Duration) {
		t.Helper()
		model.advance(active)
		model.Do(id, 0, bytesOf("PING"), nil)
		waitUntil(active.Truncate(time.Second) + time.Second)
		var want string
		now := inOneSecond(func(int) (err error) {
			want, err = p.control.do("CLIENT", "LIST", "ID", strings.TrimSpace(realID[1:]))
			return err
		})
		got := string(model.Do(p.ids[1], now, bytesOf("CLIENT", "LIST", "ID", fmt.Sprint(id)), nil))
		if got, want := clientTimes.FindString(got), clientTimes.FindString(want); got != want {
			t.Errorf("the model says %q, the server %q", got, want)
		}
	}
	compare(inOneSecond(func(int) error { _, err := c.do("PING"); return err }))
	compare(inOneSecond(func(int) error { _, err := c.do("PING"); return err }))
}
