package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// how much is kept of what the workers of a run write
	mostLogged = 16 << 20
	// how long the end of a process waits for what it wrote; only a process that it left
	// behind can keep the pipe open for longer
	logWait = 200 * time.Millisecond
	// how much of the end of what was written is looked at for the last line
	logTail = 4 << 10
)

// workerLog is the file of what the workers of a run write, without the secrets that they
// were told and without what is too much.
type workerLog struct {
	file  *os.File
	forms [][]byte // in which a secret may be written

	copying sync.WaitGroup
	mu      sync.Mutex // guards what follows
	pipes   []*os.File
	left    int    // bytes that there is room for
	tail    []byte // the end of what was written; more than logTail: it is cut
	err     error
}

func openLog(path string, secrets []string) (*workerLog, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &workerLog{file: file, forms: spellings(secrets), left: mostLogged}, nil
}

// spellings are the forms of secrets in addresses, in JSON and by themselves, the longest
// first.
func spellings(secrets []string) (all [][]byte) {
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		quoted, _ := json.Marshal(secret) // a string always can be
		login := strings.TrimPrefix(url.UserPassword("", secret).String(), ":")
		for _, form := range []string{secret, login, url.QueryEscape(secret), url.PathEscape(secret), string(quoted[1 : len(quoted)-1])} {
			if !slices.ContainsFunc(all, func(known []byte) bool { return string(known) == form }) {
				all = append(all, []byte(form))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b []byte) int { return len(b) - len(a) })
	return all
}

// output is where one process writes. copied waits until what it wrote is in the log.
func (l *workerLog) output() (theirs *os.File, copied func(), err error) {
	ours, theirs, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	l.mu.Lock()
	l.pipes = append(l.pipes, ours)
	l.mu.Unlock()
	done := make(chan struct{})
	l.copying.Go(func() {
		defer close(done)
		l.copy(ours)
	})
	return theirs, func() {
		select {
		case <-done:
		case <-time.After(logWait):
		}
	}, nil
}

// copy reads to the end. What may be the beginning of a secret waits for the rest of it.
func (l *workerLog) copy(from *os.File) {
	var held []byte
	for some := make([]byte, 32<<10); ; {
		n, err := from.Read(some)
		var text []byte
		text, held = masked(append(held, some[:n]...), l.forms, err != nil)
		l.write(text)
		if err != nil {
			return
		}
	}
}

// masked takes the secrets out of a text. If it is not the last one, its end is held back
// as far as it may be the beginning of a secret.
func masked(text []byte, forms [][]byte, last bool) (out, held []byte) {
	for {
		end := len(text)
		if !last {
			end = beginning(text, forms)
		}
		at, size := secretIn(text, forms)
		if at < 0 || at >= end {
			return append(out, text[:end]...), slices.Clone(text[end:])
		}
		out = append(append(out, text[:at]...), "***"...)
		text = text[at+size:]
	}
}

// beginning is where the end of a text may be the beginning of a secret.
func beginning(text []byte, forms [][]byte) int {
	first := len(text)
	for _, form := range forms {
		for size := min(len(form)-1, len(text)); size > len(text)-first; size-- {
			if bytes.HasSuffix(text, form[:size]) {
				first = len(text) - size
			}
		}
	}
	return first
}

// secretIn finds the first secret in a text, and the longest that begins there; -1: none.
func secretIn(text []byte, forms [][]byte) (at, size int) {
	at = -1
	for _, form := range forms {
		if i := bytes.Index(text, form); i >= 0 && (at < 0 || i < at) {
			at, size = i, len(form)
		}
	}
	return at, size
}

func (l *workerLog) write(text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tail = append(l.tail, text...)
	l.tail = slices.Clone(l.tail[max(0, len(l.tail)-logTail-1):])
	if l.left == 0 || len(text) == 0 {
		return
	}
	if len(text) >= l.left {
		text = fmt.Appendf(slices.Clone(text[:l.left]), "\nonceover: the log ends here; no more than %d MiB of what workers write are kept\n", mostLogged>>20)
		l.left = 0
	} else {
		l.left -= len(text)
	}
	_, err := l.file.Write(text)
	l.err = errors.Join(l.err, err)
}

// lastLine is the last line that is not blank of what was written, or "". What Onceover's
// own workers advise in the end is none: what went wrong stands before it.
func (l *workerLog) lastLine() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	tail := l.tail
	if len(tail) > logTail {
		_, whole, ok := bytes.Cut(tail, []byte("\n")) // the first line is cut
		if !ok {
			return "a line that is too long to be quoted"
		}
		tail = whole
	}
	lines := strings.Split(strings.TrimSpace(string(tail)), "\n")
	for len(lines) > 1 && strings.HasPrefix(lines[len(lines)-1], "try: ") {
		lines = lines[:len(lines)-1]
	}
	return strings.TrimSpace(lines[len(lines)-1])
}

// close ends the log, also for processes that workers have left behind.
func (l *workerLog) close() error {
	l.mu.Lock()
	pipes := l.pipes
	l.mu.Unlock()
	closeAll(pipes...)
	l.copying.Wait()
	return errors.Join(l.err, l.file.Close())
}
