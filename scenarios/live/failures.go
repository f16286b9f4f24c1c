package live

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// ErrWorker says that no worker of the user's own ever reached a server.
var ErrWorker = errors.New("live: the workers fail before they reach a server")

// ErrLeftBehind says that something that a worker of the user's own has started goes on
// after it.
var ErrLeftBehind = errors.New("live: a worker has ended, and something that it started has not")

const (
	// so often does each worker fail before they are all given up
	hopelessLives = 3
	// how much of the last line that workers have written is quoted
	longLine = 300
)

// failures are the ends of workers that no fault explains.
type failures struct {
	count int
	last  string // how the last of them ended

	log *workerLog
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
	said := shorten(f.log.lastLine())
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
