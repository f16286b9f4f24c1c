package sim

import "onceover/faults/wire"

// ForeignOp is a request of a program that runs on real servers, so that choices about it
// are drawn and compared like those of the simulation.
type ForeignOp struct {
	Worker, Life, Ord int
	Server            Server
	Commands          [][][]byte // of Redis; a transaction from its MULTI to its EXEC
	SQL               string     // of MySQL
	Writes            bool       // MySQL may do something that others notice
}

// Op is the request as choices hold it.
func (f ForeignOp) Op() *Op {
	op := &Op{Worker: f.Worker, Life: f.Life, Ord: f.Ord, Server: f.Server, commands: f.Commands, writes: f.Writes}
	if f.Server == MySQL {
		op.packet = append(make([]byte, wire.PacketHead, wire.PacketHead+1+len(f.SQL)), wire.ComQuery)
		op.packet = append(op.packet, f.SQL...)
		return op
	}
	op.findFootprint()
	return op
}

// ReplyText is what a server answered, on one line that is short enough to draw.
func (o *Op) ReplyText(reply []byte) string { return replyText(o, reply) }
