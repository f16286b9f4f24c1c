package loader

import (
	"net"
	"net/url"
	"strings"

	"github.com/redis/go-redis/v9"
)

// ParseTarget reads an address of Redis as go-redis does: a Redis or a node of a cluster,
//
//	redis://user:password@host:6379/0
//
// more nodes of the cluster, each as addr, of which any that answers will do,
//
//	redis://user:password@host:6379?addr=host2:6379&addr=host3:6379
//
// or Sentinels, and the name that they have for a master. The login before the host is the
// Sentinels' own; username and password are for the master.
//
//	redis://host:26379/0?master_name=NAME&addr=host2:26379&username=user&password=password
//
// With rediss, all connections use TLS. Errors hold nothing of the address; of an [Error],
// What goes on from the name of what was read.
func ParseTarget(address string) (*Target, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if strings.Contains(u.Scheme, "sentinel") {
		return nil, badAddress("has a scheme that is not known: "+u.Scheme, "redis://host:26379?master_name=NAME, or rediss:// for TLS")
	}
	if strings.Contains(u.Scheme, "cluster") {
		return nil, badAddress("has a scheme that is not known: "+u.Scheme, "redis://host:6379 with any node of the cluster, or rediss:// for TLS")
	}
	query := u.Query()
	more, names := query["addr"], query["master_name"]
	if len(more) == 0 && len(names) == 0 {
		options, err := redis.ParseURL(address)
		if err != nil {
			return nil, unknownOption(err)
		}
		return At(options), nil
	}
	if u.Scheme == "unix" {
		return nil, badAddress("names a Unix socket, and more than one server", "redis://host:port, or a Unix socket without addr= and master_name=")
	}
	for _, addr := range more {
		if host, port, err := net.SplitHostPort(addr); err != nil || host == "" || port == "" {
			return nil, badAddress("has an addr that is not host:port", "addr=host:6379; for Sentinels addr=host:26379")
		}
	}
	query.Del("addr")
	query.Del("master_name")
	if len(names) == 0 {
		options, err := parseRest(u, u.User, query)
		if err != nil {
			return nil, err
		}
		target := At(options)
		target.given = more
		return target, nil
	}
	if len(names) != 1 || names[0] == "" {
		return nil, badAddress("names no master, or more than one", "master_name=NAME, once, as SENTINEL MASTERS lists it")
	}
	return parseSentinels(u, query, names[0], more)
}

func parseSentinels(u *url.URL, query url.Values, master string, more []string) (*Target, error) {
	own := url.UserPassword(query.Get("username"), query.Get("password"))
	if query.Get("username")+query.Get("password") == "" {
		own = nil
	}
	query.Del("username")
	query.Del("password")
	if u.Port() == "" {
		u.Host = net.JoinHostPort(strings.Trim(u.Host, "[]:"), "26379")
	}
	options, err := parseRest(u, own, query)
	if err != nil {
		return nil, err
	}
	target := At(options)
	password, _ := u.User.Password()
	target.sentinels = &sentinels{
		addrs: append([]string{options.Addr}, more...), master: master, target: target,
		login: redis.Options{Username: u.User.Username(), Password: password},
	}
	return target, nil
}

func parseRest(u *url.URL, login *url.Userinfo, query url.Values) (*redis.Options, error) {
	rest := *u
	rest.User, rest.RawQuery = login, query.Encode()
	options, err := redis.ParseURL(rest.String())
	if err != nil {
		return nil, unknownOption(err)
	}
	return options, nil
}

// unknownOption names parameters that go-redis does not know, and nothing else.
func unknownOption(err error) error {
	if names, is := strings.CutPrefix(err.Error(), "redis: unexpected option: "); is {
		return badAddress("has a parameter that is not known, or not for a load: "+names, "leave it out")
	}
	return err
}

func badAddress(what, try string) error { return &Error{Problem: BadJob, What: what, Try: try} }
