package loader

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/redis/go-redis/v9"
)

// sentinels know which Redis is the master of a name.
type sentinels struct {
	addrs  []string
	master string
	login  redis.Options // user and password
	target *Target       // whose TLS is theirs
}

// errDisagree is of Sentinels in the middle of a failover.
var errDisagree = errors.New("loader: the Sentinels name different masters")

// ask asks all of them, and goes by the most: one that is cut off from the others may not
// know of a failover.
func (s *sentinels) ask(ctx context.Context) (addr string, err error) {
	ctx, stop := context.WithTimeout(ctx, nodeWait)
	defer stop()
	var mu sync.Mutex
	votes, errs, unknown := map[string]int{}, []error(nil), 0
	var asking sync.WaitGroup
	for _, addr := range s.addrs {
		asking.Go(func() {
			named, err := s.askOne(ctx, addr)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, redis.Nil):
				unknown++
			case err != nil:
				errs = append(errs, err)
			default:
				votes[named]++
			}
		})
	}
	asking.Wait()
	most, sum := "", 0
	for addr, n := range votes {
		sum += n
		if n > votes[most] {
			most = addr
		}
	}
	switch {
	case sum == 0 && unknown > 0:
		return "", &Error{Problem: BadJob, What: "no Sentinel knows a master " + s.master, Try: "SENTINEL MASTERS, at one of the Sentinels, lists the names"}
	case sum == 0:
		return "", sentinelProblem(errors.Join(errs...))
	case 2*votes[most] <= sum:
		return "", fmt.Errorf("%w of %s", errDisagree, s.master)
	}
	return most, nil
}

func (s *sentinels) askOne(ctx context.Context, addr string) (string, error) {
	o := s.target.settings()
	o.Dialer = s.target.connector(o)
	o.Addr, o.Username, o.Password, o.DB = addr, s.login.Username, s.login.Password, 0
	o.CredentialsProvider, o.CredentialsProviderContext, o.StreamingCredentialsProvider = nil, nil, nil
	o.MaxRetries, o.DialerRetries, o.PoolSize = -1, 1, 1
	client := redis.NewSentinelClient(o)
	defer client.Close()
	named, err := client.GetMasterAddrByName(ctx, s.master).Result()
	if err != nil {
		return "", err
	}
	if len(named) != 2 {
		return "", fmt.Errorf("the Sentinel %s answers with %d parts of an address", addr, len(named))
	}
	return net.JoinHostPort(named[0], named[1]), nil
}

func sentinelProblem(err error) error {
	const login = "the Sentinels' own user and password, before the host; username= and password= are for the Redis"
	for _, word := range []string{"NOAUTH", "WRONGPASS", "NOPERM"} {
		if redis.HasErrorPrefix(err, word) {
			return &Error{Problem: AccessDenied, What: "Sentinel refuses the login", Err: err, Try: login}
		}
	}
	if problem := tlsProblem("Sentinel", err); problem != nil {
		return problem
	}
	return &Error{Problem: Unreachable, What: "cannot reach a Sentinel", Err: err, Try: "is one running, and are the addresses right?"}
}
