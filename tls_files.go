package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/reports"
)

// tlsFiles are what certificates are checked by, and what a server that asks for one is
// shown. They hold for both servers: an address that asks for less is refused, because
// whoever names an authority does not mean half of the way.
type tlsFiles struct {
	CA   string `group:"tls" name:"tls-ca" placeholder:"FILE" help:"Authorities to trust, as PEM, instead of those of this machine."`
	Cert string `group:"tls" name:"tls-cert" placeholder:"FILE" help:"Certificate to show to servers that ask for one, as PEM."`
	Key  string `group:"tls" name:"tls-key" placeholder:"FILE" help:"Its private key, as PEM, not encrypted."`
}

func (f tlsFiles) given() bool { return f != tlsFiles{} }

func badTLS(try, format string, args ...any) error {
	return advice{error: fmt.Errorf(format, args...), try: try, code: reports.ExitUsage}
}

// config reads the files.
func (f tlsFiles) config() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.CA != "" {
		text, err := os.ReadFile(f.CA)
		if err != nil {
			return nil, badTLS("a file with the certificate of the authority", "--tls-ca cannot be read: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, badTLS("a PEM file with BEGIN CERTIFICATE", "--tls-ca: %s holds no certificate", f.CA)
		}
	}
	if f.Cert == "" && f.Key == "" {
		return config, nil
	}
	pair, err := f.pair()
	if err != nil {
		return nil, err
	}
	config.Certificates = []tls.Certificate{pair}
	return config, nil
}

// pair reads the certificate and its key. Its errors name files, and hold nothing of them.
func (f tlsFiles) pair() (tls.Certificate, error) {
	if f.Cert == "" || f.Key == "" {
		return tls.Certificate{}, badTLS("both of them, or neither", "--tls-cert and --tls-key belong together")
	}
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return pair, badTLS("a certificate and the key that it was made for, both PEM, the key not encrypted", "--tls-cert %s and --tls-key %s cannot be used: %w", f.Cert, f.Key, err)
	}
	if now := time.Now(); now.After(pair.Leaf.NotAfter) || now.Before(pair.Leaf.NotBefore) {
		return pair, badTLS("a new certificate, or the right clock on this machine", "--tls-cert: %s is valid from %s to %s",
			f.Cert, pair.Leaf.NotBefore.Format(time.DateOnly), pair.Leaf.NotAfter.Format(time.DateOnly))
	}
	return pair, nil
}

// redis makes a connection use the files.
func (f tlsFiles) redis(options *redis.Options) error {
	if !f.given() || options.Network == "unix" {
		return nil
	}
	if options.TLSConfig != nil && options.TLSConfig.InsecureSkipVerify {
		return badTLS("leave one of them out", "--redis-url says skip_verify, and --tls-ca, --tls-cert and --tls-key check certificates")
	}
	config, err := f.config()
	if err != nil {
		return err
	}
	if config.ServerName, _, err = net.SplitHostPort(options.Addr); err != nil {
		return errors.New("--redis-url names no host")
	}
	options.TLSConfig = config
	return nil
}

// mysql makes a connection use the files. The driver adds the name of the server.
func (f tlsFiles) mysql(cfg *mysql.Config) error {
	if !f.given() || cfg.Net == "unix" {
		return nil
	}
	if cfg.TLSConfig == "false" || cfg.AllowFallbackToPlaintext || cfg.TLS != nil && cfg.TLS.InsecureSkipVerify {
		return badTLS("leave one of them out, or tls=true", "--mysql-dsn asks for a connection without TLS or without a check, and --tls-ca, --tls-cert and --tls-key for TLS with one")
	}
	config, err := f.config()
	if err != nil {
		return err
	}
	cfg.TLS, cfg.TLSConfig = config, ""
	return nil
}
