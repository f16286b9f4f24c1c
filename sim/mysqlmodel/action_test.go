package mysqlmodel

import (
	"time"

	"pgregory.net/rapid"
)

const connections = 3

// action is one thing that may happen to a server.
type action struct {
	conn    ConnID
	kind    string // do, resume, disconnect
	payload []byte
}

func (a action) apply(s *Server, now time.Duration) ([]byte, State) {
	switch a.kind {
	case "resume":
		return s.Resume(a.conn, now, nil)
	case "disconnect":
		s.Disconnect(a.conn)
		return nil, Closed
	}
	return s.Do(a.conn, now, 0, a.payload, nil)
}

func (a action) footprint(s *Server) (f Footprint) {
	switch a.kind {
	case "resume":
		f.read(connection(a.conn))
		c := s.session(a.conn)
		s.touch(&f, c, c.pending.st, c.pending.args)
		return f
	case "disconnect":
		s.touchConnection(&f, a.conn)
		return f
	}
	return s.Footprint(a.conn, a.payload)
}

// anyAction draws what may happen to a connection next; ok is false if nothing may.
func anyAction(t *rapid.T, s *Server, id ConnID) (a action, ok bool) {
	switch s.State(id) {
	case Ready:
		return action{id, "resume", nil}, true
	case Waiting:
		if rapid.IntRange(0, 3).Draw(t, "give up") > 0 {
			return a, false
		}
		return action{id, "disconnect", nil}, true
	case Closed:
		return a, false
	}
	switch rapid.IntRange(0, 29).Draw(t, "action") {
	case 0:
		return action{id, "disconnect", nil}, true
	case 1:
		return action{id, "do", query("KILL " + pick(t, "1", "2", "3"))}, true
	case 2:
		return action{id, "do", query("KILL QUERY " + pick(t, "1", "2", "3"))}, true
	case 3:
		return action{id, "do", []byte{comResetConnection}}, true
	}
	return action{id, "do", query(anyStatement(t))}, true
}

// reach brings a server to some state.
func reach(t *rapid.T, s *Server) {
	for range rapid.IntRange(0, 15).Draw(t, "steps") {
		id := ConnID(rapid.IntRange(1, connections).Draw(t, "connection"))
		if s.State(id) == Closed {
			logInAgain(s, id)
			continue
		}
		if a, ok := anyAction(t, s, id); ok {
			a.apply(s, 0)
		}
	}
}

func logInAgain(s *Server, id ConnID) {
	s.Connect(id, nil)
	s.Do(id, 0, 1, logInPacket("app"), nil)
}
