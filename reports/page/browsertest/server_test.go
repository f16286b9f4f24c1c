package browsertest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// pages serves pages to the browser.
var pages = serve()

// server serves any number of pages, each under a path of its own, and counts
// what else it is asked for.
type server struct {
	*httptest.Server

	mu     sync.Mutex
	served []served
	asked  []string // paths, in order
}

type served struct{ text, policy string }

func serve() *server {
	s := &server{}
	s.Server = httptest.NewServer(s) // on 127.0.0.1
	return s
}

// add makes a page available, with a content security policy unless that is empty.
func (s *server) add(text, policy string) (url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served = append(s.served, served{text, policy})
	return fmt.Sprintf("%s/page-%d/report.html", s.URL, len(s.served)-1)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.URL.Path)
	if r.URL.Path == "/favicon.ico" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	n := -1
	if _, err := fmt.Sscanf(r.URL.Path, "/page-%d/report.html", &n); err != nil || n < 0 || n >= len(s.served) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if policy := s.served[n].policy; policy != "" {
		w.Header().Set("Content-Security-Policy", policy)
	}
	io.WriteString(w, s.served[n].text)
}

// besides are the paths that were asked for which belong to a page and are
// neither it nor the sign in the browser's tab.
func (s *server) besides(url string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	page := strings.TrimPrefix(url, s.URL)
	folder := strings.TrimSuffix(page, "report.html")
	var all []string
	for _, path := range s.asked {
		if strings.HasPrefix(path, folder) && path != page {
			all = append(all, path)
		}
	}
	return all
}
