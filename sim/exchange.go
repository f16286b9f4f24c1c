package sim

import (
	"bytes"

	"onceover/sim/redismodel"
)

// Exchange is one thing that the model of the data's Redis saw: a connection that was
// opened or closed, or a command and the bytes that answered it.
type Exchange struct {
	Conn   int64
	Opened bool
	Closed bool
	Args   [][]byte
	Reply  []byte
}

func (w *world) connectRedis(at Server, from string) int64 {
	conn := int64(w.redisAt(at).Connect(from))
	if w.tap != nil && at == Redis {
		w.tap(Exchange{Conn: conn, Opened: true})
	}
	return conn
}

func (w *world) disconnectRedis(at Server, conn int64) {
	w.redisAt(at).Disconnect(redismodel.ConnID(conn))
	if w.tap != nil && at == Redis {
		w.tap(Exchange{Conn: conn, Closed: true})
	}
}

func (w *world) doRedis(at Server, conn int64, args [][]byte, reply []byte) []byte {
	from := len(reply)
	reply = w.redisAt(at).Do(redismodel.ConnID(conn), w.now, args, reply)
	if w.tap != nil && at == Redis {
		e := Exchange{Conn: conn, Reply: bytes.Clone(reply[from:])}
		for _, arg := range args {
			e.Args = append(e.Args, bytes.Clone(arg))
		}
		w.tap(e)
	}
	return reply
}
