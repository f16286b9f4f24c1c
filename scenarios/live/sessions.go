package live

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"onceover/scenarios/worker"
)

// sessions are connections by the numbers that the servers gave to them.
type sessions map[string][]int64

func (s sessions) count() int { return len(s[toRedis]) + len(s[toMySQL]) }

// each tells whether there are some of every server of which there are some in all.
func (s sessions) each(all sessions) bool {
	for server, ids := range all {
		if len(ids) > 0 && len(s[server]) == 0 {
			return false
		}
	}
	return true
}

// of says how many they are of all.
func (s sessions) of(all sessions) string {
	return fmt.Sprintf("Redis %d of %d, MySQL %d of %d", len(s[toRedis]), len(all[toRedis]), len(s[toMySQL]), len(all[toMySQL]))
}

// sessions are those that a silence began with.
func (w *workerProcess) sessions(of silence) sessions {
	all := sessions{}
	for server, one := range of {
		for _, conn := range one.Conns() {
			if id, known := w.clients[connection{server, conn}]; known {
				all[server] = append(all[server], id)
			}
		}
	}
	return all
}

// listSessions asks the servers which of the sessions they have.
func (in *injections) listSessions(known sessions) (listed sessions, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), signalWait)
	defer cancel()
	listed = sessions{}
	for server, ask := range map[string]func(context.Context) ([]int64, error){toRedis: in.listRedis, toMySQL: in.listMySQL} {
		if len(known[server]) == 0 {
			continue
		}
		ids, err := ask(ctx)
		if err != nil {
			return nil, err
		}
		listed[server] = slices.DeleteFunc(slices.Clone(known[server]), func(id int64) bool { return !slices.Contains(ids, id) })
	}
	return listed, nil
}

func (in *injections) listRedis(ctx context.Context) (ids []int64, err error) {
	client, err := in.admin(ctx)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	text, err := client.ClientList(ctx).Result()
	if err != nil {
		return nil, err
	}
	in.post(func() { in.meter.asked("client|list", 1) })
	for line := range strings.Lines(text) {
		number, _, _ := strings.Cut(strings.TrimPrefix(line, "id="), " ")
		id, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("CLIENT LIST: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (in *injections) listMySQL(ctx context.Context) (ids []int64, err error) {
	rows, err := in.db.QueryContext(ctx, "SHOW PROCESSLIST")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var id int64
	row := []any{&id}
	for range columns[1:] {
		row = append(row, new(sql.RawBytes))
	}
	for rows.Next() {
		if err := rows.Scan(row...); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// awaitForgotten waits until the servers have none of the sessions any more. One that has
// died meanwhile is asked when it is there again.
func (in *injections) awaitForgotten(known sessions) error {
	ctx, cancel := context.WithTimeout(context.Background(), forgetWait)
	defer cancel()
	for {
		listed, err := in.listSessions(known)
		if err == nil && listed.count() == 0 {
			return nil
		}
		if worker.Sleep(ctx, look) != nil {
			if err == nil {
				err = errors.New("the servers still list some: " + listed.of(known))
			}
			return err
		}
	}
}

// threadID is the number that MySQL gives to a new connection, as its greeting says. The
// greeting is left to be read. https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html
func threadID(server net.Conn) (id int64, err error) {
	conn, ok := server.(syscall.Conn)
	if !ok {
		return 0, errors.New("MySQL: it is no connection of the system")
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	if err := server.SetReadDeadline(time.Now().Add(signalWait)); err != nil {
		return 0, err
	}
	greeting := make([]byte, 512)
	var n int
	var failure error
	err = raw.Read(func(fd uintptr) (done bool) {
		n, _, failure = syscall.Recvfrom(int(fd), greeting, syscall.MSG_PEEK)
		return failure != syscall.EAGAIN && failure != syscall.EINTR
	})
	if err = errors.Join(err, failure, server.SetReadDeadline(time.Time{})); err != nil {
		return 0, err
	}
	const header, version = 4, 5
	version10 := n > version && greeting[header] == 10
	end := slices.Index(greeting[:n], 0)
	if version10 {
		end = version + slices.Index(greeting[version:n], 0)
	}
	if !version10 || end < version || end+5 > n {
		return 0, errors.New("MySQL did not greet")
	}
	return int64(binary.LittleEndian.Uint32(greeting[end+1:])), nil
}
