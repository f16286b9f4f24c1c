package lockstep

import "strings"

// named keeps the name that a request has given to its connection.
func (r *run) named(q *request, reply []byte) {
	refused := len(reply) > 0 && (reply[0] == '-' || reply[0] == '_') || strings.HasPrefix(string(reply), "*-1")
	for _, args := range q.commands {
		if word(args, 0) == "CLIENT" && word(args, 1) == "SETNAME" && len(args) > 2 && !refused {
			r.names[q.link] = string(args[2])
		}
	}
}

// noteNames notes that the names of a process's connections are gone, or that of one.
func (r *run) noteNames(verb string, p *process, one *link) {
	for l, name := range r.names {
		if l.gate.of != p || one != nil && l != one {
			continue
		}
		delete(r.names, l)
		if name != "" {
			r.note(p, verb+" its connection, and its name "+name+" is gone")
			r.result.Trace[len(r.result.Trace)-1].Name = name
		}
	}
}
