package live

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"onceover/faults"
	"onceover/faults/proxy"
	"onceover/reports/format"
)

var _ = register(faults.KillClient, killClient{})

type killClient struct{}

func (killClient) Unable(o Options) string {
	if o.Redis != nil {
		return "the Redis server was not started here, so it is not told to close connections"
	}
	return ""
}

func (killClient) Watches() string { return toRedis }

// Inject has the server close the connections. That had effect when the server
// says that it killed them, and each is seen to end.
func (killClient) Inject(i *injection) {
	clients := maps.Clone(i.worker.clients)
	maps.DeleteFunc(clients, func(c connection, _ int64) bool { return c.server != toRedis })
	i.worker.watching = append(i.worker.watching, i)
	i.later(func() func() {
		killed, err := i.killClients(clients)
		return func() {
			i.meter.asked("client|kill", int64(len(clients)))
			i.killed = killed
			i.goOn()
			switch {
			case err != nil:
				i.abandon("CLIENT KILL: " + format.OneLine(err))
			case len(killed) == 0:
				i.abandon("the worker had no connection to Redis")
			case !i.allLost():
				i.timeout(signalWait, func() {
					if !i.settled {
						i.abandon("the server says that it killed connections, and they have not ended")
					}
				})
			}
		}
	})
}

func (killClient) Observe(i *injection, e proxy.Event) {
	if e.Kind == proxy.Lost {
		i.lost = append(i.lost, e.Conn)
		i.allLost()
	}
}

// allLost tells whether all connections that were killed have ended. Then the fault is over.
func (i *injection) allLost() bool {
	if len(i.killed) == 0 || slices.ContainsFunc(i.killed, func(conn uint64) bool { return !slices.Contains(i.lost, conn) }) {
		return false
	}
	i.seen(fmt.Sprintf("the server said that it killed its connections (%d), and ended them", len(i.killed)))
	i.heal("")
	return true
}

// killClients has Redis close connections, and returns those that it had.
func (in *injections) killClients(clients map[connection]int64) (killed []uint64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), signalWait)
	defer cancel()
	client, err := in.admin(ctx)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	for conn, id := range clients {
		n, err := client.ClientKillByFilter(ctx, "ID", strconv.FormatInt(id, 10)).Result()
		if err != nil {
			return killed, err
		}
		if n == 1 {
			killed = append(killed, conn.number)
		}
	}
	return killed, nil
}

// clientID asks Redis for the number that it gives to a new connection.
func clientID(server net.Conn) (int64, error) {
	if err := server.SetDeadline(time.Now().Add(signalWait)); err != nil {
		return 0, err
	}
	if _, err := server.Write([]byte("CLIENT ID\r\n")); err != nil {
		return 0, err
	}
	line, err := bufio.NewReader(server).ReadString('\n') // nothing is sent behind it
	if err != nil {
		return 0, err
	}
	number, ok := strings.CutPrefix(line, ":")
	if !ok {
		return 0, errors.New("CLIENT ID: " + strings.TrimSpace(line))
	}
	id, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	return id, errors.Join(err, server.SetDeadline(time.Time{}))
}
