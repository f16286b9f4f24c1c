package loader

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"onceover/loader/lock"
)

// Target is where the list is: a Redis, a Redis Cluster of which some nodes are known, or
// the Redis that Sentinels name. All clients of a target work with one node, the one that
// has the list, and go on to another together.
//
// They are not go-redis' clients for clusters and Sentinels: those send a command again
// when its reply was lost. What became of a commit is for its strategy to find out. A
// command is sent again here only where the node has said that it did not carry it out,
// or where nothing of it was sent.
type Target struct {
	// Options are of the Redis, of a node of the cluster, or of the Redis that the
	// Sentinels name, whose address they do not have. They may be changed before Open.
	Options *redis.Options

	given     []string   // more nodes of a cluster
	sentinels *sentinels // nil: no Sentinel is asked

	finding sync.Mutex // held by the one that looks for the node
	life    atomic.Int64

	mu    sync.Mutex
	at    string   // the address of the node
	by    string   // who named it; "" for the user, before there was another
	key   string   // by which nodes of a cluster are asked whose the list is; "": no cluster, as far as is known
	nodes []string // of the cluster, all that were ever heard of
	lost  bool     // the node has failed: ask the others
}

// At is a Redis that answers at an address, or any node of a cluster.
func At(options *redis.Options) *Target { return &Target{Options: options, at: options.Addr} }

// OpenRedis opens the target with the client settings that a strategy names.
func OpenRedis(options *redis.Options, strategy lock.Strategy) *redis.Client {
	return At(options).Open(strategy)
}

// Open opens a client with the settings that a strategy names.
func (t *Target) Open(strategy lock.Strategy) *redis.Client {
	o := t.settings()
	o.MaxRetries = strategy.MaxRetries
	if t.several() {
		o.DialerRetries = 1 // the next attempt is at the node that has the list by then
	}
	connect := t.connector(o)
	o.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		return t.dial(ctx, network, addr, connect)
	}
	client := redis.NewClient(o)
	client.AddHook(follower{t})
	return client
}

// settings are those of every client.
func (t *Target) settings() *redis.Options {
	o := *t.Options
	o.ContextTimeoutEnabled = true
	if o.TLSConfig != nil && o.Dialer == nil {
		o.DialTimeout = 3 * handshakeWait
		o.DialerRetries = 1 // a certificate stays what it is; a job waits for a server by its own patience
	}
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return &o
}

type connect func(ctx context.Context, network, addr string) (net.Conn, error)

// connector connects with a node. A node may show a certificate for its own name, or for
// the name that the user gave: a cluster names its nodes by numbers.
func (t *Target) connector(o *redis.Options) connect {
	switch {
	case o.Dialer != nil:
		return o.Dialer
	case o.TLSConfig == nil:
		return redis.NewDialer(o)
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		own := o.TLSConfig.Clone()
		if host, _, err := net.SplitHostPort(addr); err == nil && addr != t.Options.Addr {
			own.ServerName = host
		}
		conn, err := dialTLS(own)(ctx, network, addr)
		var name x509.HostnameError
		if own.ServerName != o.TLSConfig.ServerName && errors.As(err, &name) {
			return dialTLS(o.TLSConfig)(ctx, network, addr)
		}
		return conn, err
	}
}

// several tells whether the node may be another one some day.
func (t *Target) several() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sentinels != nil || t.key != "" || len(t.given) > 0
}

// dial connects with the node that has the list, which is the one at the user's address
// until somebody names another. If it is not there, the others are asked at once.
func (t *Target) dial(ctx context.Context, network, addr string, connect connect) (net.Conn, error) {
	conn, life, err := t.dialOnce(ctx, network, addr, connect)
	if err == nil || !t.several() {
		return conn, err
	}
	for range 1 + len(t.given) {
		if ctx.Err() != nil {
			break
		}
		t.lose(life)
		var again error
		if conn, life, again = t.dialOnce(ctx, network, addr, connect); again == nil {
			return conn, nil
		}
	}
	return nil, err
}

func (t *Target) dialOnce(ctx context.Context, network, addr string, connect connect) (conn net.Conn, life int64, err error) {
	at, by, life, err := t.find(ctx)
	if err != nil {
		return nil, life, err
	}
	if by != "" {
		network, addr = "tcp", at
	}
	if conn, err = connect(ctx, network, addr); err == nil {
		return t.watched(conn, life), life, nil
	}
	if by != "" && by != theUser {
		err = &nodeError{addr: at, by: by, err: err}
	}
	return nil, life, err
}

// find is the node to connect with. Sentinels are asked each time, nodes of a cluster
// when the one that had the list has failed.
func (t *Target) find(ctx context.Context) (at, by string, life int64, err error) {
	t.finding.Lock()
	defer t.finding.Unlock()
	if t.sentinels != nil {
		named, err := t.sentinels.ask(ctx)
		if err != nil {
			return "", "", 0, err
		}
		t.move(named, theSentinels)
	} else if lost, cluster := t.state(); lost && cluster {
		t.elect(ctx)
	} else if lost && len(t.given) > 0 {
		t.turn()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.at, t.by, t.life.Load(), nil
}

// sure asks all others for the node that has the list, before something is said of it: a
// node that a failover has left behind may not know.
func (t *Target) sure(ctx context.Context) error {
	if !t.several() {
		return nil
	}
	t.finding.Lock()
	defer t.finding.Unlock()
	if t.sentinels == nil {
		if _, cluster := t.state(); cluster {
			t.elect(ctx)
		}
		return nil
	}
	named, err := t.sentinels.ask(ctx)
	if err == nil {
		t.move(named, theSentinels)
	}
	return err
}

// state tells whether the node has failed, and whether it is known to be one of a cluster.
func (t *Target) state() (lost, cluster bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lost, t.key != ""
}

// turn goes on to the next of the nodes that the user gave.
func (t *Target) turn() {
	all := append([]string{t.Options.Addr}, t.given...)
	t.mu.Lock()
	next := all[(slices.Index(all, t.at)+1)%len(all)]
	t.mu.Unlock()
	t.move(next, theUser)
}

// lose notes that the node of that time has failed.
func (t *Target) lose(life int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lost = t.lost || life == t.life.Load()
}

// leave is lose, and ends the connections with the node: it answers, and is of no use.
func (t *Target) leave(life int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if life == t.life.Load() {
		t.lost = true
		t.life.Add(1)
	}
}

// move goes on to another node. Connections with the one before are used no more.
func (t *Target) move(addr, by string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lost = false
	if addr != t.at {
		t.at, t.by = addr, by
		t.life.Add(1)
	}
}

// nodeError is a node that cannot be reached at the address that others named.
type nodeError struct {
	addr, by string
	err      error
}

func (e *nodeError) Error() string {
	return "node " + e.addr + ", named by " + e.by + ": " + e.err.Error()
}

func (e *nodeError) Unwrap() error { return e.err }
