package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onceover/faults/proxy"
)

// logOf runs a shell command as a worker, and returns what is in the log afterwards, the
// line that is quoted, and how long the process took to end.
func logOf(t *testing.T, secrets []string, argv ...string) (text, quoted string, took time.Duration) {
	t.Helper()
	path := filepath.Join(t.TempDir(), workersLog)
	log, err := openLog(path, secrets)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	ended := make(chan error, 1)
	if _, err := launch(command{argv: argv, env: os.Environ(), log: log.output, exited: func(_ *os.ProcessState, err error) { ended <- err }}); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	took = time.Since(began)
	quoted = log.lastLine()
	if err := log.close(); err != nil {
		t.Error(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content), quoted, took
}

func TestNoPasswordGetsIntoTheLog(t *testing.T) {
	text, quoted, _ := logOf(t, []string{"hunter2", ""}, "sh", "-c",
		"echo redis://me:hunter2@h; printf hun; sleep 0.1; echo ter2, hunter; printf 'the end: hunter2hunte'")
	if want := "redis://me:***@h\n***, hunter\nthe end: ***hunte"; text != want || quoted != "the end: ***hunte" {
		t.Errorf("%q, quoted %q", text, quoted)
	}
}

// However a secret is spelled, and wherever a write ends.
func TestASecretIsMaskedWhereverItIsSplit(t *testing.T) {
	secrets := []string{`p:a,s"s&w <ö/rd`, "abc", "abcd", "cab"}
	quoted, err := json.Marshal(secrets[0])
	if err != nil {
		t.Fatal(err)
	}
	address := url.URL{Scheme: "mysql", User: url.UserPassword("me", secrets[0]), Host: "h"}
	for text, want := range map[string]string{
		"x " + secrets[0] + " y":                 "x *** y",
		"x " + address.String() + " y":           "x mysql://me:***@h y",
		"x=" + url.QueryEscape(secrets[0]) + "&": "x=***&",
		"/" + url.PathEscape(secrets[0]) + "/":   "/***/",
		`{"p":` + string(quoted) + "}":           `{"p":"***"}`,
		"abcabcdab, ababcab":                     "******ab, ab***ab",
		"nothing of ab":                          "nothing of ab",
	} {
		forms := spellings(secrets)
		for first := range len(text) + 1 {
			for second := first; second <= len(text); second++ {
				var all, out, held []byte
				for _, part := range []string{text[:first], text[first:second], text[second:]} {
					out, held = masked(append(held, part...), forms, false)
					all = append(all, out...)
				}
				out, _ = masked(held, forms, true)
				if all = append(all, out...); string(all) != want {
					t.Fatalf("%q, split at %d and %d, became %q", text, first, second, all)
				}
			}
		}
	}
}

func TestALogHasAnEnd(t *testing.T) {
	text, quoted, _ := logOf(t, []string{"hunter2"}, "sh", "-c", "yes hunter2 of a long line | head -c 40000000; echo; echo the last word")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if last := lines[len(lines)-1]; len(text) > mostLogged+200 || last != "onceover: the log ends here; no more than 16 MiB of what workers write are kept" {
		t.Errorf("%d bytes, the last line is %q", len(text), last)
	}
	if quoted != "the last word" || strings.Contains(text, "hunter") {
		t.Errorf("quoted %q", quoted)
	}
}

// Whatever a worker leaves behind in a session of its own keeps neither it nor the run.
func TestADaemonDoesNotHoldTheLog(t *testing.T) {
	text, _, took := logOf(t, nil, "sh", "-c", "echo here; setsid sleep 20 &")
	if text != "here\n" || took > 10*time.Second {
		t.Errorf("%q after %s", text, took)
	}
}

func TestADaemonIsTheFaultOfTheWorkerThatLeftIt(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, external := range []bool{true, false} {
		p, err := proxy.Listen(proxy.Config{Target: func(context.Context) (string, error) { return server.Addr().String(), nil }})
		if err != nil {
			t.Fatal(err)
		}
		client, err := net.Dial("tcp", p.Addr())
		if err != nil {
			t.Fatal(err)
		}
		for _, open := p.Counts(); open == 0; _, open = p.Counts() {
			time.Sleep(look)
		}
		s := &supervisor{external: external, all: []*workerProcess{{number: 3, proxies: proxies{redis: p}}}}
		err = s.closeProxies(time.Now().Add(signalWait))
		if errors.Is(err, ErrLeftBehind) != external || !strings.Contains(fmt.Sprint(err), "worker 3") {
			t.Errorf("external %v: %v", external, err)
		}
		client.Close()
	}
}

func BenchmarkMasked(b *testing.B) {
	text, forms := bytes.Repeat([]byte("a line of a log that is not short\n"), 1000), spellings([]string{`a"secret/of&some`, "hunter2"})
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		masked(text, forms, false)
	}
}

// A worker of Onceover's own ends with advice, and the reason stands before it.
func TestAnErrorIsQuotedAndNotTheAdvice(t *testing.T) {
	for script, want := range map[string]string{
		"echo early; echo 'error: the plan is gone'; echo 'try: another list'": "error: the plan is gone",
		"echo 'try: nothing else was said'":                                    "try: nothing else was said",
	} {
		if _, quoted, _ := logOf(t, nil, "sh", "-c", script); quoted != want {
			t.Errorf("%s: quoted is %q", script, quoted)
		}
	}
}
