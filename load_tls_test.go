package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onceover/reports"
)

// authority signs certificates of a test.
type authority struct {
	folder string
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string) authority {
	t.Helper()
	a := authority{folder: t.TempDir()}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.cert, a.key = a.write(t, "ca", template, template, nil)
	return a
}

// write makes a certificate and its key, and two files of them.
func (a authority) write(t *testing.T, file string, template, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if signer == nil {
		signer = key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{a.certFile(file): {Type: "CERTIFICATE", Bytes: der}, a.keyFile(file): {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func (a authority) certFile(name string) string { return filepath.Join(a.folder, name+".pem") }
func (a authority) keyFile(name string) string  { return filepath.Join(a.folder, name+".key") }

// issue makes a certificate that is valid for a host until a time.
func (a authority) issue(t *testing.T, file, host string, until time.Time) {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: file}, NotBefore: until.Add(-2 * time.Hour), NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	a.write(t, file, template, a.cert, a.key)
}

// asServer is how a server of the authority speaks TLS. It demands a certificate of it if mutual.
func (a authority) asServer(t *testing.T, file string, mutual bool) *tls.Config {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(a.certFile(file), a.keyFile(file))
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: x509.NewCertPool()}
	config.ClientCAs.AddCert(a.cert)
	if mutual {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config
}

// before stands before a server, and shows a certificate that the server does not have.
// start begins a connection with both sides, and returns what they are from then on.
func before(t *testing.T, target string, start func(client, server net.Conn) (net.Conn, net.Conn, error)) (addr string) {
	t.Helper()
	return listen(t, func(client net.Conn) { relay(client, target, start) })
}

func relay(client net.Conn, target string, start func(client, server net.Conn) (net.Conn, net.Conn, error)) {
	defer client.Close()
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	c, s, err := start(client, server)
	if err != nil {
		return
	}
	go func() { _, _ = io.Copy(s, c); server.Close() }()
	_, _ = io.Copy(c, s)
}

// secureRedis speaks TLS from the first byte on.
func secureRedis(config *tls.Config) func(client, server net.Conn) (net.Conn, net.Conn, error) {
	return func(client, server net.Conn) (net.Conn, net.Conn, error) {
		return tls.Server(client, config), server, nil
	}
}

// secureMySQL passes the greeting and the request for TLS on, and speaks TLS with both
// sides after that. Without a configuration it offers no TLS.
func secureMySQL(config *tls.Config) func(client, server net.Conn) (net.Conn, net.Conn, error) {
	return func(client, server net.Conn) (net.Conn, net.Conn, error) {
		greeting, err := packet(server)
		if err != nil {
			return nil, nil, err
		}
		if config == nil {
			version := bytes.IndexByte(greeting[5:], 0)
			greeting[5+version+1+4+8+1+1] &^= 0x08 // CLIENT_SSL
		}
		if _, err := client.Write(greeting); err != nil || config == nil {
			return client, server, err
		}
		request, err := packet(client)
		if err != nil {
			return nil, nil, err
		}
		if _, err := server.Write(request); err != nil {
			return nil, nil, err
		}
		return tls.Server(client, config), tls.Client(server, &tls.Config{InsecureSkipVerify: true}), nil
	}
}

// packet reads one packet of MySQL's protocol, its head included.
func packet(from io.Reader) ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	all := append(head, make([]byte, int(head[0])|int(head[1])<<8|int(head[2])<<16)...)
	_, err := io.ReadFull(from, all[4:])
	return all, err
}

func (d dbs) redisAt(addr string) string {
	u, _ := url.Parse(d.redisURL)
	u.Host = addr
	return u.String()
}

// With its own authority, a load reaches both servers by TLS, though no address says so,
// and shows its certificate to those that ask.
func TestLoadGoesByTLSWithCertificatesOfAnAuthorityOfOnesOwn(t *testing.T) {
	d, a := databases(t), newAuthority(t, "ours")
	d.fill(t, "orders", 100)
	a.issue(t, "server", "127.0.0.1", time.Now().Add(time.Hour))
	a.issue(t, "client", "client", time.Now().Add(time.Hour))
	mutual, source := a.asServer(t, "server", true), d.mysql.Clone()
	source.Addr = before(t, source.Addr, secureMySQL(mutual))
	env := []string{"REDIS_URL=" + d.redisAt(before(t, d.redis.Options().Addr, secureRedis(mutual))), "MYSQL_DSN=" + source.FormatDSN()}
	e := complete(t, command(t, env, "load", "--table", "orders", "--list", "orders", "--tls-ca", a.certFile("ca"), "--tls-cert", a.certFile("client"), "--tls-key", a.keyFile("client")))
	e.want(t, 0)
	d.wantExactly(t, "orders", 100)
}

func TestLoadRefusesBadTLS(t *testing.T) {
	d, a, other := databases(t), newAuthority(t, "ours"), newAuthority(t, "theirs")
	d.fill(t, "orders", 3)
	soon, past := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	a.issue(t, "server", "127.0.0.1", soon)
	a.issue(t, "elsewhere", "db.example", soon)
	a.issue(t, "expired", "127.0.0.1", past)
	other.issue(t, "client", "client", soon)
	ca, theirs := " --tls-ca "+a.certFile("ca"), " --tls-ca "+other.certFile("ca")
	stranger := ca + " --tls-cert " + other.certFile("client") + " --tls-key " + other.keyFile("client")
	good, wants := a.asServer(t, "server", false), a.asServer(t, "server", true)
	named, old := a.asServer(t, "elsewhere", false), a.asServer(t, "expired", false)
	for name, c := range map[string]struct {
		redis, mysql       *tls.Config // nil: without TLS
		args, problem, try string
	}{
		"Redis of another authority": {good, good, theirs, `the certificate of \w+ is not trusted: .*`, `--tls-ca FILE .*`},
		"Redis of another name":      {named, good, ca, `the certificate of Redis is for another name: .*`, `an address with a name .*`},
		"Redis with an old one":      {old, good, ca, `the certificate of Redis, or of its authority, is not valid at this time: .*`, `a new certificate .*`},
		"Redis without TLS":          {nil, good, ca, `Redis does not speak TLS at this address: .*`, `its address for TLS; .*`},
		"Redis wants a certificate":  {wants, good, ca, `Redis refuses this side of the TLS connection: .*`, `--tls-cert FILE .*`},
		"Redis wants another one":    {wants, good, stranger, `Redis refuses this side of the TLS connection: .*`, `--tls-cert FILE .*`},
		"MySQL of another name":      {good, named, ca, `the certificate of MySQL is for another name: .*`, `an address with a name .*`},
		"MySQL with an old one":      {good, old, ca, `the certificate of MySQL, or of its authority, is not valid at this time: .*`, `a new certificate .*`},
		"MySQL without TLS":          {good, nil, ca, `MySQL does not speak TLS: .*`, `a server that does; .*`},
	} {
		t.Run(name, func(t *testing.T) {
			kept, target, source := d.keys(t), d.redis.Options().Addr, d.mysql.Clone()
			if c.redis != nil {
				target = before(t, target, secureRedis(c.redis))
			}
			source.Addr = before(t, source.Addr, secureMySQL(c.mysql))
			env := []string{"REDIS_URL=" + d.redisAt(target), "MYSQL_DSN=" + source.FormatDSN()}
			e := complete(t, command(t, env, append([]string{"load", "--table", "orders", "--list", "target"}, strings.Fields(c.args)...)...))
			e.want(t, 17)
			wantLine(t, e.stderr, "error: ", c.problem)
			wantLine(t, e.stderr, "try: ", c.try)
			d.discreet(t, "the message", e.stderr)
			if difference := cmp.Diff(kept, d.keys(t)); difference != "" {
				t.Errorf("Redis was changed:\n%s", difference)
			}
		})
	}
}

// What the flags say is looked at before any server is.
func TestBadTLSFlagsAreRefused(t *testing.T) {
	a := newAuthority(t, "ours")
	a.issue(t, "client", "client", time.Now().Add(time.Hour))
	a.issue(t, "expired", "client", time.Now().Add(-time.Hour))
	junk := filepath.Join(t.TempDir(), "junk")
	if err := os.WriteFile(junk, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	ca := tlsFiles{CA: a.certFile("ca")}
	for name, c := range map[string]struct {
		redis, mysql string
		files        tlsFiles
		want         string
	}{
		"no file":               {files: tlsFiles{CA: "/nowhere.pem"}, want: "--tls-ca cannot be read: open /nowhere.pem: "},
		"no certificate":        {files: tlsFiles{CA: junk}, want: "--tls-ca: " + junk + " holds no certificate"},
		"a key alone":           {files: tlsFiles{Key: a.keyFile("client")}, want: "--tls-cert and --tls-key belong together"},
		"a certificate alone":   {files: tlsFiles{Cert: a.certFile("client")}, want: "--tls-cert and --tls-key belong together"},
		"another key":           {files: tlsFiles{Cert: a.certFile("client"), Key: a.keyFile("ca")}, want: "cannot be used: tls: private key does not match public key"},
		"no key":                {files: tlsFiles{Cert: a.certFile("client"), Key: junk}, want: "cannot be used: "},
		"an old certificate":    {files: tlsFiles{Cert: a.certFile("expired"), Key: a.keyFile("expired")}, want: "is valid from "},
		"Redis unchecked":       {redis: "rediss://h?skip_verify=true", files: ca, want: "--redis-url says skip_verify"},
		"MySQL without":         {mysql: "tcp(h)/shop?tls=false", files: ca, want: "--mysql-dsn asks for a connection without TLS"},
		"MySQL unchecked":       {mysql: "tcp(h)/shop?tls=skip-verify", files: ca, want: "--mysql-dsn asks for a connection without TLS"},
		"MySQL perhaps without": {mysql: "tcp(h)/shop?tls=preferred", files: ca, want: "--mysql-dsn asks for a connection without TLS"},
		"a name of a program":   {mysql: "tcp(h)/shop?tls=custom", want: "--mysql-dsn asks for TLS by a name"},
	} {
		v := addresses{RedisURL: "redis://h", MySQLDSN: "tcp(h)/shop", tlsFiles: c.files}
		if c.redis != "" {
			v.RedisURL = c.redis
		}
		if c.mysql != "" {
			v.MySQLDSN = c.mysql
		}
		_, err := v.redis()
		if err == nil {
			_, err = v.mysql()
		}
		code, try := diagnose(err)
		if err == nil || !strings.Contains(err.Error(), c.want) || code != reports.ExitUsage || try == "" || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, exit code %d, try %q", name, err, code, try)
		}
	}
}
