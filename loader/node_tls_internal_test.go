package loader

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http/httptest"
	"testing"

	"github.com/redis/go-redis/v9"
)

// The certificate of a node is for its own name or for the one that the user gave.
func TestCertificatesOfNodes(t *testing.T) {
	server := httptest.NewTLSServer(nil) // its certificate is for 127.0.0.1 and example.com
	defer server.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	for _, tc := range []struct {
		user, node string
		trusted    bool
	}{
		{"127.0.0.1", "127.0.0.1", true},
		{"other.test", "127.0.0.1", true},
		{"example.com", "localhost", true},
		{"other.test", "localhost", false},
	} {
		options := &redis.Options{Addr: net.JoinHostPort(tc.user, "1"), TLSConfig: &tls.Config{RootCAs: trusted, ServerName: tc.user}}
		target := At(options)
		conn, err := target.connector(target.settings())(t.Context(), "tcp", net.JoinHostPort(tc.node, port))
		if err == nil {
			conn.Close()
		}
		var name x509.HostnameError
		if tc.trusted != (err == nil) || !tc.trusted && !errors.As(err, &name) {
			t.Errorf("the user names %s, the cluster %s: %v", tc.user, tc.node, err)
		}
	}
}

func TestAddressesThatNodesName(t *testing.T) {
	for answer, want := range map[string]redirect{
		"MOVED 3999 127.0.0.1:6381":  {moved: true, addr: "127.0.0.1:6381"},
		"ASK 3999 redis-2.test:6381": {ask: true, addr: "redis-2.test:6381"},
		"MOVED 3999 ::1:6381":        {moved: true, addr: "[::1]:6381"},
		"MOVED 3999 :6381":           {moved: true, addr: ":6381"},
		"MOVED":                      {},
		"WRONGTYPE 3999 a:1":         {},
	} {
		if got := redirected(refusal(answer)); got != want {
			t.Errorf("%s: %+v, want %+v", answer, got, want)
		}
	}
	if got := beside("host:1", ":2"); got != "host:2" {
		t.Errorf("a node without a host is %s", got)
	}
}
