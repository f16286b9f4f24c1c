package live

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
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
}

func (r *run) failed(s *slot, text string) {
	s.failed++
	r.failures.count++
	r.failures.last = fmt.Sprintf("worker %d, %s", s.number, text)
}

// hopeless tells whether a program that is not Onceover's own cannot do the job here:
// each worker has failed so often, and none ever opened a connection.
func (r *run) hopeless(lives int) bool {
	return r.world.foreign != nil && !slices.ContainsFunc(r.slots, func(s *slot) bool {
		return s.failed < lives || s.proxies.redis.Counts().Accepted+s.proxies.mysql.Counts().Accepted > 0
	})
}

func (r *run) unfit() error { return fmt.Errorf("%w: %s", ErrWorker, r.reason()) }

// reason is how the workers last failed, and what they last wrote, or "".
func (r *run) reason() string {
	if r.failures.count == 0 {
		return ""
	}
	said := shorten(r.withoutSecrets(lastLine(filepath.Join(r.e.Folder, workersLog)))) // in this order: half a password is not recognised
	return fmt.Sprintf("%s: %q", r.failures.last, cmp.Or(said, "nothing was written"))
}

func shorten(text string) string {
	letters := []rune(text)
	return string(letters[:min(len(letters), longLine)])
}

// withoutSecrets takes out of what a program wrote the passwords that it was told.
func (r *run) withoutSecrets(text string) string {
	secrets := []string{r.world.mysqlCfg.Passwd}
	if o := r.world.options.Redis; o != nil {
		secrets = append(secrets, o.Password)
	}
	for _, secret := range secrets {
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
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	tail, err := io.ReadAll(io.NewSectionReader(f, max(info.Size()-logTail, 0), logTail))
	if err != nil {
		return ""
	}
	if info.Size() > logTail {
		_, whole, ok := strings.Cut(string(tail), "\n") // the first line is cut
		if !ok {
			return "a line that is too long to be quoted"
		}
		tail = []byte(whole)
	}
	lines := strings.Split(strings.TrimSpace(string(tail)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
