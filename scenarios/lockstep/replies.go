package lockstep

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"onceover/faults/wire"
)

// readServer passes on what the server sends.
func (l *link) readServer() {
	buf, have := make([]byte, 32<<10), 0
	for {
		n, err := l.server.Read(buf[have:])
		have += n
		l.hub.mu.Lock()
		used, replies, parseErr := l.measure(buf[:have])
		kept := l.kept
		l.hub.mu.Unlock()
		if used > 0 && !kept {
			l.client.Write(buf[:used]) // fails only if the client has gone
		}
		l.hub.mu.Lock()
		l.answered(replies)
		l.gate.of.wakes()
		if parseErr != nil {
			l.fail(l.unreadable(parseErr))
		}
		over := err != nil || parseErr != nil
		if over {
			l.serverGone = true
			if r := l.request; r != nil && r.decision == undecided {
				l.over(r)
			}
		}
		l.wake.Broadcast()
		l.hub.tell()
		l.hub.mu.Unlock()
		have = copy(buf, buf[used:have])
		if have == len(buf) {
			buf = append(buf, make([]byte, len(buf))...)
		}
		if over {
			if errors.Is(err, io.EOF) {
				l.client.CloseWrite()
			} else {
				l.client.Close()
			}
			return
		}
	}
}

// measure finds whole messages in what the server sent. The mutex is held.
func (l *link) measure(buf []byte) (used, replies int, err error) {
	for used < len(buf) {
		if l.gate.protocol == wire.MySQL && !l.greeted && used == 0 {
			l.thread = threadOf(buf)
		}
		n, end, err := l.session.Server(buf[used:])
		if err != nil {
			return used, replies, err
		}
		if n == 0 {
			break
		}
		if r := l.request; r != nil && r.passes() {
			r.keep(buf[used : used+n])
		}
		used += n
		switch end {
		case wire.Reply:
			replies++
		case wire.Unasked:
			l.greeted = true
		}
	}
	return used, replies, nil
}

// keep keeps a part of the reply. The mutex is held.
func (r *request) keep(part []byte) {
	if len(r.reply) < mostReply {
		r.reply = append(r.reply, part...)
	}
	if r.decision == passAndHalve {
		r.halved = append(r.halved, part...)
	}
}

// beginning is an answer of MySQL without its last row and its end, which are the last two
// packets: what a client has that does not notice how a result ends.
func beginning(answer []byte) []byte {
	var ends []int
	for at := 0; len(answer)-at >= wire.PacketHead; {
		at += wire.PacketHead + int(answer[at]) + int(answer[at+1])<<8 + int(answer[at+2])<<16
		ends = append(ends, at)
	}
	if len(ends) < 3 {
		return answer[:len(answer)/2]
	}
	return answer[:ends[len(ends)-3]]
}

// answered counts replies that were passed on, or kept. The mutex is held.
func (l *link) answered(replies int) {
	l.due -= replies
	l.late = l.late && replies == 0
	if r := l.request; r != nil && r.decision != undecided && l.due == 0 && replies > 0 {
		r.replied = true
	}
}

// threadOf reads MySQL's number of the connection out of its greeting.
func threadOf(b []byte) uint32 {
	if len(b) < wire.PacketHead+1 {
		return 0
	}
	rest := b[wire.PacketHead+1:]
	if i := bytes.IndexByte(rest, 0); i >= 0 && len(rest) >= i+5 {
		return binary.LittleEndian.Uint32(rest[i+1:])
	}
	return 0
}
