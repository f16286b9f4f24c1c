package live

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
)

// ErrWorker says that no worker of the user's own ever reached a server.
var ErrWorker = errors.New("live: the workers fail before they reach a server")

const (
	// so often does each worker fail before they are all given up
	hopelessLives = 3
	// the end of workers.log in which the last line is looked for, and how much of it is quoted
	logTail  = 4 << 10
	longLine = 300
)

// failures are the ends of workers that no fault explains.
type failures struct {
	count int
	last  string // how the last of them ended

	log     string   // the file in which the workers write
	secrets []string // that they were told
}

func (s *supervisor) failed(w *workerProcess, text string) {
	w.failed++
	s.failures.count++
	s.failures.last = fmt.Sprintf("worker %d, %s", w.number, text)
}

// hopeless tells whether a program that is not Onceover's own cannot do the job here:
// each worker has failed so often, and none ever opened a connection.
func (s *supervisor) hopeless(lives int) bool {
	return s.external && !slices.ContainsFunc(s.all, func(w *workerProcess) bool {
		toRedis, _ := w.proxies.redis.Counts()
		toMySQL, _ := w.proxies.mysql.Counts()
		return w.failed < lives || toRedis+toMySQL > 0
	})
}

func (s *supervisor) unfit() error { return fmt.Errorf("%w: %s", ErrWorker, s.failures.reason()) }

// reason is how the workers last failed, and what they last wrote, or "".
func (f *failures) reason() string {
	if f.count == 0 {
		return ""
	}
	said := shorten(f.withoutSecrets(lastLine(f.log))) // in this order: half a password is not recognised
	return fmt.Sprintf("%s: %q", f.last, cmp.Or(said, "nothing was written"))
}

// secrets are the passwords that workers are told.
func (w *World) secrets() []string {
	secrets := []string{w.mysqlCfg.Passwd}
	if o := w.options.Redis; o != nil {
		secrets = append(secrets, o.Password)
	}
	return secrets
}

func shorten(text string) string {
	letters := []rune(text)
	return string(letters[:min(len(letters), longLine)])
}

// withoutSecrets takes out of what a program wrote the passwords that it was told.
func (f *failures) withoutSecrets(text string) string {
	for _, secret := range f.secrets {
		if secret != "" {
			text = strings.NewReplacer(secret, "***", url.QueryEscape(secret), "***", url.PathEscape(secret), "***").Replace(text)
		}
	}
	return text
}

// lastLine is the last line of a file that is not blank, or "".
func lastLine(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	_, shorter := f.Seek(-logTail, io.SeekEnd)
	tail, err := io.ReadAll(f)
	if err != nil {
		return ""
	}
	if shorter == nil {
		_, whole, ok := bytes.Cut(tail, []byte("\n")) // the first line is cut
		if !ok {
			return "a line that is too long to be quoted"
		}
		tail = whole
	}
	lines := strings.Split(strings.TrimSpace(string(tail)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
