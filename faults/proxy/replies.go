package proxy

import (
	"errors"
	"io"

	"onceover/faults/wire"
)

// replies is the server's side of a link whose protocol is known; the link's mutex guards it.
type replies struct {
	asked    int // replies that the requests sent so far ask for
	answered int // complete replies that were passed on or withheld
	ended    bool
	cutting  bool // this side ends the connection to the server, that is no fault of the server
	wait     *wait
}

// answer says what becomes of a reply.
type answer struct {
	withhold bool // unless it is an error of RESP
	keep     bool // the withheld bytes are kept
}

// wait is for the reply with the number until. Its own reply may be withheld.
type wait struct {
	answer
	until  int
	bytes  int    // length of the withheld reply
	kept   []byte // the withheld reply
	spared bool
	ok     bool
	done   chan struct{}
}

// await registers a wait for all replies that were asked for; what becomes of the last of them is given.
func (l *link) await(last answer) *wait {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &l.replies
	w := &wait{answer: last, until: r.asked, done: make(chan struct{})}
	switch {
	case r.answered == w.until:
		w.ok = true
		close(w.done)
	case r.ended:
		close(w.done)
	default:
		r.wait = w
	}
	return w
}

// passReplies passes on what the server sends, but for a reply that is withheld. It goes on reading when the client
// has gone, because the server may be carrying out a request that was held.
func (l *link) passReplies() (closed bool) {
	defer l.endReplies()
	buf, have := make([]byte, bufferSize), 0
	out := outlet{link: l}
	for {
		n, err := l.fromServer.Read(buf[have:])
		have += n
		used, parseErr := l.passKnown(buf[:have], &out)
		have = copy(buf, buf[used:have])
		if have == len(buf) {
			buf = append(buf, make([]byte, len(buf))...)
		}
		switch {
		case parseErr != nil:
			l.unreadable(parseErr)
			return false
		case errors.Is(err, io.EOF):
			return l.endOfServer(buf[:have], &out)
		case err != nil:
			l.endOfFault()
			return false
		}
	}
}

// outlet writes to the client until that fails.
type outlet struct {
	link *link
	gone bool
}

func (o *outlet) write(b []byte) {
	if o.gone || len(b) == 0 {
		return
	}
	_, err := o.link.client.Write(b)
	o.gone = err != nil
}

// passKnown passes on the messages at the beginning of buf, and what is there of the next one.
func (l *link) passKnown(buf []byte, out *outlet) (used int, err error) {
	for used < len(buf) {
		n, withheld, reached, err := l.measure(buf[used:])
		if !withheld {
			out.write(buf[used : used+n])
		}
		used += n
		if reached != nil {
			close(reached.done)
		}
		if n == 0 || err != nil {
			return used, err
		}
	}
	return used, nil
}

// measure returns how many bytes share one fate, and the wait that is over with them.
func (l *link) measure(buf []byte) (n int, withheld bool, reached *wait, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &l.replies
	if buf[0] == '-' && l.proxy.config.Protocol == wire.RESP {
		r.spareError()
	}
	withheld = r.withholding()
	for n < len(buf) && reached == nil && r.withholding() == withheld {
		k, end, err := l.session.Server(buf[n:])
		n += k
		if err != nil {
			return n, withheld, nil, err
		}
		if k == 0 {
			break
		}
		if withheld {
			r.wait.bytes += k
			if r.wait.keep {
				r.wait.kept = append(r.wait.kept, buf[n-k:n]...)
			}
		}
		if end == wire.Reply {
			r.answered++
			reached = r.reach()
		}
	}
	return n, withheld, reached, nil
}

// withholding tells whether the next byte is of a reply that the client must not get.
func (r *replies) withholding() bool {
	return r.wait != nil && r.wait.withhold && r.answered == r.wait.until-1
}

// spareError passes an error on, if it is the beginning of a reply that was to be withheld.
func (r *replies) spareError() {
	if r.withholding() && r.wait.bytes == 0 {
		r.wait.withhold, r.wait.spared = false, true
	}
}

// reach ends the wait for the reply that is complete now.
func (r *replies) reach() *wait {
	w := r.wait
	if w == nil || r.answered < w.until {
		return nil
	}
	r.wait, w.ok = nil, true
	return w
}

// endOfServer passes the server's close on, behind a message that it left unfinished.
func (l *link) endOfServer(rest []byte, out *outlet) (closed bool) {
	l.mu.Lock()
	quiet := l.replies.cutting || l.replies.withholding()
	l.mu.Unlock()
	l.endReplies()
	if !quiet {
		l.tell(Event{Kind: Lost})
		out.write(rest)
		l.client.CloseWrite()
	}
	return true
}

// endOfFault resets the client's connection like the server's, unless this side has ended it.
func (l *link) endOfFault() {
	l.mu.Lock()
	cutting := l.replies.cutting
	l.mu.Unlock()
	if !cutting && l.reset() {
		l.tell(Event{Kind: Lost})
	}
}

func (l *link) endReplies() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.replies.ended = true
	if w := l.replies.wait; w != nil {
		l.replies.wait = nil
		close(w.done)
	}
}

func (l *link) unreadable(err error) {
	if l.reset() {
		l.tell(Event{Kind: Unreadable, Err: err})
	}
}

// repliesDue tells whether requests that were sent are not answered yet.
func (l *link) repliesDue() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.replies.answered < l.replies.asked
}

// serverGone tells whether the server has closed or reset its connection.
func (l *link) serverGone() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.replies.ended
}
