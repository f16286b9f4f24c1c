package redismodel

// RefuseNext makes the server refuse one command of what is done next, as to a user
// who has lost the right to it: the n-th that is carried out, counted from 1, those
// of a transaction and of its scripts one by one. 0 ends that. What a script or a
// transaction did before stays done.
func (s *Server) RefuseNext(n int) { s.refusing = n }

// Reached is how many commands were carried out of those that RefuseNext counts, as
// long as none was refused.
func (s *Server) Reached(of int) int { return of - s.refusing }

// Refusal is why a server refuses writes.
type Refusal uint8

// The refusals.
const (
	Accepts Refusal = iota
	Full            // it has no memory left, and evicts nothing
	Replica         // of a master that is away
	Alone           // a master that writes only where replicas follow, and none does
	NoDisk          // it could not save its data
	Denied          // the user has lost the right to write
	Busy            // a script that has written nothing does not end
)

// RefuseWrites makes the server refuse writes until it is told otherwise, and a busy one
// almost everything.
func (s *Server) RefuseWrites(why Refusal) { s.refusal = why }

// refusesWrites is the error with which every write is refused, whatever memory it takes; "" if
// none is.
func (s *Server) refusesWrites() string {
	switch s.refusal {
	case Replica:
		return errReadOnly
	case Alone:
		return errNoReplicas
	case NoDisk:
		return errNoDisk
	}
	return ""
}

// refusalOf is the error with which a command is refused before it is queued or carried out;
// "" if it is not.
func (s *Server) refusalOf(c *conn, cmd *command) string {
	switch {
	case s.refusal == Busy && !cmd.allowedWhenBusy():
		return errBusy
	case s.refusal == Denied && cmd.flags&write != 0 && !cmd.container():
		return "NOPERM " + noRight(cmd)
	case cmd.changes(c), s.refusal == NoDisk && cmd.name == "ping":
		return s.refusesWrites()
	}
	return ""
}

// denies tells whether the user has no right to a command that is carried out now, in a
// transaction or a script.
func (s *Server) denies(cmd *command) bool {
	return s.refuses() || s.refusal == Denied && cmd.flags&write != 0
}

// allowedWhenBusy tells whether a server whose script does not end carries a command out:
// https://redis.io/docs/latest/develop/reference/command-tips/ calls it allow_busy.
func (cmd *command) allowedWhenBusy() bool {
	switch cmd.name {
	case "auth", "hello", "quit", "reset", "multi", "discard", "watch", "unwatch":
		return true
	}
	return false
}

// short tells whether there is no memory for a write.
func (s *Server) short() bool {
	return s.refusal == Full || s.config.maxmemory > 0 && s.outOfMemory()
}

// changes tells whether a command writes, also EXEC if anything that is queued does. A
// script is refused when it comes to a write.
func (cmd *command) changes(c *conn) bool {
	if cmd.name == "exec" {
		return c.queueWrites
	}
	return cmd.flags&write != 0 && !cmd.container()
}

// refuses counts down to the command that is refused.
func (s *Server) refuses() bool {
	if s.refusing <= 0 {
		return false
	}
	s.refusing--
	return s.refusing == 0
}

// errNoRightsNow is what EXEC says of a command for which the right is gone since it
// was queued.
const errNoRightsNow = "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. " +
	"This command is no longer allowed for the following reason: no permission to execute the command or subcommand"

// noRight is what a server says to a user without the right to a command.
func noRight(cmd *command) string {
	return "User default has no permissions to run the '" + cmd.name + "' command"
}

// container tells whether the command only carries out others.
func (cmd *command) container() bool {
	switch cmd.name {
	case "multi", "exec", "discard", "eval", "evalsha", "eval_ro", "evalsha_ro":
		return true
	}
	return false
}
