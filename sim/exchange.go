package sim

import (
	"bytes"

	"onceover/sim/redismodel"
)

// Exchange is one thing that the model of Redis saw: a connection that was
// opened or closed, or a command and the bytes that answered it.
type Exchange struct {
	Conn   int64
	Opened bool
	Closed bool
	Args   [][]byte
	Reply  []byte
}

func (w *world) connectRedis(from string) int64 {
	conn := int64(w.redis.Connect(from))
	if w.tap != nil {
		w.tap(Exchange{Conn: conn, Opened: true})
	}
	return conn
}

func (w *world) disconnectRedis(conn int64) {
	w.redis.Disconnect(redismodel.ConnID(conn))
	if w.tap != nil {
		w.tap(Exchange{Conn: conn, Closed: true})
	}
}

func (w *world) doRedis(conn int64, args [][]byte, reply []byte) []byte {
	from := len(reply)
	reply = w.redis.Do(redismodel.ConnID(conn), w.now, args, reply)
	if w.tap != nil {
		e := Exchange{Conn: conn, Reply: bytes.Clone(reply[from:])}
		for _, arg := range args {
			e.Args = append(e.Args, bytes.Clone(arg))
		}
		w.tap(e)
	}
	return reply
}
