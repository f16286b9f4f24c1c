package redismodel

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"onceover/scenarios/servers/serverstest"
)

// realConn is one connection to a real server.
type realConn struct {
	net.Conn
	in *bufio.Reader
}

// realAddress is the server that the model is compared with.
func realAddress(t *testing.T) string {
	t.Helper()
	if addr := os.Getenv("ONCEOVER_TEST_REDIS"); addr != "" {
		return addr
	}
	return serverstest.RedisOptions(t).Addr
}

func dialReal(addr string) (*realConn, error) {
	c, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &realConn{c, bufio.NewReader(c)}, nil
}

func encode(args []string) []byte {
	out := appendArray(nil, len(args))
	for _, a := range args {
		out = appendBulk(out, a)
	}
	return out
}

func (c *realConn) do(args ...string) (string, error) {
	replies, err := c.pipeline([][]string{args})
	if err != nil {
		return "", err
	}
	return replies[0], nil
}

// pipeline sends commands in one write and returns the raw replies, those before
// the first that is missing if there is an error.
func (c *realConn) pipeline(commands [][]string) ([]string, error) {
	if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return nil, err
	}
	var out []byte
	for _, args := range commands {
		out = append(out, encode(args)...)
	}
	if _, err := c.Write(out); err != nil {
		return nil, err
	}
	var replies []string
	for range commands {
		var b strings.Builder
		if err := c.readReply(&b); err != nil {
			return replies, err
		}
		replies = append(replies, b.String())
	}
	return replies, nil
}

func (c *realConn) readReply(to *strings.Builder) error {
	line, err := c.in.ReadString('\n')
	if err != nil {
		return err
	}
	to.WriteString(line)
	n, _ := strconv.Atoi(strings.TrimSpace(line[1:]))
	switch line[0] {
	case '$', '=':
		if n >= 0 {
			_, err = io.CopyN(to, c.in, int64(n+2))
		}
	case '%':
		n *= 2
		fallthrough
	case '*', '~':
		for ; n > 0 && err == nil; n-- {
			err = c.readReply(to)
		}
	}
	return err
}

// closed waits for the server to close the connection.
func (c *realConn) closed() error {
	if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	b, err := c.in.ReadByte()
	var timeout net.Error
	switch {
	case err == nil:
		return fmt.Errorf("got byte %q, want a closed connection", b)
	case errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("the server does not close the connection")
	}
	return c.Close()
}

// volatileFields of CLIENT LIST say how busy buffers and clocks are.
var volatileFields = []string{
	"laddr", "fd", "age", "idle", "qbuf", "qbuf-free", "argv-mem", "multi-mem", "rbs", "rbp", "obl", "oll", "omem",
	"tot-mem", "events", "io-thread",
}

// timeReply is what TIME answers. The model counts in whole milliseconds.
var timeReply = regexp.MustCompile(`\*2\r\n\$\d+\r\n(\d{9,})\r\n\$\d\r\n(\d{1,6})\r\n`)

func wholeMilliseconds(reply string) string {
	return timeReply.ReplaceAllStringFunc(reply, func(text string) string {
		parts := timeReply.FindStringSubmatch(text)
		us, _ := strconv.Atoi(parts[2])
		return fmt.Sprintf("time %s.%03d\r\n", parts[1], us/1000)
	})
}

var infoBegins = regexp.MustCompile(`[$=](\d+)\r\n(txt:)?# `)

// infoNames are the headers and the fields of the model's INFO.
var infoNames = sync.OnceValue(func() map[string]bool {
	s := New(Options{})
	id := s.Connect("10.0.0.1:1")
	s.Do(id, 0, bytesOf("SET", "key", "value"), nil)
	names := make(map[string]bool)
	for line := range strings.SplitSeq(string(s.Do(id, 0, bytesOf("INFO"), nil)), "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		names[name] = true
	}
	delete(names, "")
	return names
})

// volatileInfo are the fields of INFO whose values cannot agree.
var volatileInfo = []string{"run_id", "tcp_port", "uptime_in_seconds", "used_memory", "connected_clients", "db0"}

// comparableInfo leaves of every INFO in a reply what the model has.
func comparableInfo(reply string) string {
	var b strings.Builder
	for {
		at := infoBegins.FindStringSubmatchIndex(reply)
		if at == nil {
			return b.String() + reply
		}
		length, _ := strconv.Atoi(reply[at[2]:at[3]])
		begin := at[3] + len("\r\n")
		text := strings.TrimPrefix(reply[begin:begin+length], "txt:")
		b.WriteString(reply[:at[0]] + "$N\r\n")
		for line := range strings.SplitSeq(text, "\r\n") {
			name, _, _ := strings.Cut(line, ":")
			switch {
			case slices.Contains(volatileInfo, name):
				b.WriteString(name + "\r\n")
			case infoNames()[name]:
				b.WriteString(line + "\r\n")
			}
		}
		reply = reply[begin+length:]
	}
}

// canonical removes from a raw reply what cannot agree: volatile fields of
// client lines and of INFO, the microseconds of TIME, and the lines of
// connections that keep rejects.
func canonical(reply string, keep func(id string) bool) string {
	reply = comparableInfo(wholeMilliseconds(reply))
	var b strings.Builder
	for line := range strings.SplitSeq(reply, "\n") {
		text := strings.TrimPrefix(line, "txt:")
		if !strings.HasPrefix(text, "id=") {
			b.WriteString(line + "\n")
			continue
		}
		if id, _, _ := strings.Cut(text[3:], " "); keep(id) {
			fields := slices.DeleteFunc(strings.Fields(text), func(f string) bool {
				name, _, _ := strings.Cut(f, "=")
				return slices.Contains(volatileFields, name)
			})
			b.WriteString(strings.Join(fields, " ") + "\n")
		}
	}
	text := b.String()
	if strings.Contains(reply, "id=") {
		// What was removed has changed the length of the string around it.
		text = clientListLength.ReplaceAllString(text, "$$N")
	}
	return text
}

// bytesOf makes a command of strings.
func bytesOf(args ...string) [][]byte {
	out := make([][]byte, len(args))
	for i, a := range args {
		out[i] = []byte(a)
	}
	return out
}
