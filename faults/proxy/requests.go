package proxy

import (
	"errors"
	"io"

	"onceover/faults/wire"
)

var (
	errReset      = errors.New("proxy: the connection was reset")
	errDropped    = errors.New("proxy: the request was given up")
	errServerGone = errors.New("proxy: the server has closed the connection")
)

// passRequests reads requests and does with each what the rule says. Requests that came together and are only to be
// forwarded are sent together.
func (l *link) passRequests() (closed bool) {
	f := &feed{conn: l.fromClient}
	for {
		req, n, err := l.nextRequest(f)
		switch {
		case err != nil:
			l.unreadable(err)
			return false
		case n > 0:
			if !l.decide(f, req, n) {
				return false
			}
		case !l.send(f):
			return false
		default:
			if err := f.fill(); err != nil {
				return l.endOfClient(f, err)
			}
		}
	}
}

func (l *link) nextRequest(f *feed) (wire.Request, int, error) {
	if len(f.unparsed()) == 0 {
		return wire.Request{}, 0, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	req, n, err := l.session.Client(f.unparsed())
	if n == 0 && err == nil && len(f.unparsed()) > maxRequest {
		err = errTooLong
	}
	return req, n, err
}

// decide applies the rule to the request that stands in the next n bytes, and tells whether the connection goes on.
func (l *link) decide(f *feed, req wire.Request, n int) (goOn bool) {
	ordinal, action := l.proxy.ask(l.id, req)
	if action.kind == forward {
		l.approve(f, req, n)
		return true
	}
	e := Event{Ordinal: ordinal, Request: req.String()}
	switch action.kind {
	case cutBefore:
		l.cutBefore(f, e)
	case cutAfter:
		return l.cutAfter(f, req, n, e, action)
	case hold:
		return l.hold(f, req, n, e, action)
	}
	return false
}

// approve adds a request to those that are sent next.
func (l *link) approve(f *feed, req wire.Request, n int) {
	f.parsed += n
	if !req.Silent {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.replies.asked++
	}
}

// send passes on the approved requests. If it fails, what the server sent before still reaches the client.
func (l *link) send(f *feed) bool {
	b := f.take()
	if len(b) == 0 {
		return true
	}
	_, err := l.server.Write(b)
	return err == nil
}

func (l *link) cutBefore(f *feed, e Event) {
	pipelined := l.repliesDue()
	l.send(f)
	<-l.await(answer{}).done
	e.Kind = Cut
	l.cut(f, pipelined, e)
}

func (l *link) cutAfter(f *feed, req wire.Request, n int, e Event, action Action) (goOn bool) {
	pipelined := l.repliesDue()
	l.approve(f, req, n)
	w := l.await(answer{withhold: !req.Silent, keep: action.half})
	l.send(f)
	<-w.done
	switch {
	case !w.ok:
		e.Kind = Missed
		l.tell(e)
		return false
	case w.spared:
		e.Kind = Spared
		l.tell(e)
		return true
	}
	e.Kind, e.Bytes = Withheld, w.bytes
	if half := len(w.kept) / 2; half > 0 {
		_, _ = l.client.Write(w.kept[:half]) // fails only if the client has gone
		e.Kind, e.Bytes = Halved, w.bytes-half
	}
	orderly := pipelined || e.Kind == Halved
	if action.release == nil {
		l.cut(f, orderly, e)
		return false
	}
	l.leaveServer()
	l.tell(e)
	l.awaitRelease(action)
	l.leaveClient(f, orderly, func() {})
	return false
}

// cut ends both connections and reports it.
func (l *link) cut(f *feed, orderly bool, e Event) {
	l.leaveServer()
	l.leaveClient(f, orderly, func() { l.tell(e) })
}

func (l *link) leaveServer() {
	l.mu.Lock()
	l.replies.cutting = true
	l.mu.Unlock()
	l.server.Close()
}

// leaveClient ends the connection to the client, and then calls done. An orderly close lets
// replies that are on their way reach the client; it lasts until the client closes too.
func (l *link) leaveClient(f *feed, orderly bool, done func()) {
	if orderly {
		l.client.CloseWrite()
		done()
		f.discard()
		return
	}
	l.cancel()
	resetConn(l.client)
	done()
}

func (l *link) hold(f *feed, req wire.Request, n int, e Event, action Action) (goOn bool) {
	l.send(f)
	if action.late {
		f.late = true
		l.gone.Store(true)
		resetConn(l.client)
	}
	e.Kind = Held
	l.tell(e)
	pass := l.awaitRelease(action)
	var w *wait
	switch {
	case l.ctx.Err() != nil:
		e.Err = errReset
	case !pass:
		e.Kind, e.Err = Dropped, errDropped
		l.cut(f, false, e)
		return false
	case l.serverGone():
		e.Err = errServerGone
	default:
		l.approve(f, req, n)
		if action.late && !req.Silent {
			w = l.await(answer{withhold: true})
		}
		if !l.send(f) {
			e.Err = errServerGone
		}
	}
	if e.Err != nil {
		e.Kind = Dropped
		l.tell(e)
		return false
	}
	e.Kind = Released
	l.tell(e)
	if w != nil {
		l.awaitForNobody(w, e)
	}
	return true
}

// awaitRelease waits until a request is passed on or given up, and notices meanwhile when its client ends.
func (l *link) awaitRelease(action Action) (pass bool) {
	released, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		if !action.late && l.fromClient.err == nil {
			l.fromClient.readAhead(released, nil)
		}
	}()
	select {
	case pass = <-action.release:
	case <-l.ctx.Done():
	}
	close(released)
	<-watched
	return pass
}

// awaitForNobody reports whether the server answers a request whose client has gone.
func (l *link) awaitForNobody(w *wait, e Event) {
	<-w.done
	switch {
	case !w.ok:
		e.Kind = Missed
	case w.spared:
		e.Kind = Spared
	default:
		e.Kind = Answered
	}
	l.tell(e)
}

// endOfClient passes the client's end on. That of a client which was cut off must not take the server's answer to its
// late request away, so it is passed on only after the answer.
func (l *link) endOfClient(f *feed, err error) (closed bool) {
	switch {
	case f.late:
		<-l.await(answer{}).done
	case !errors.Is(err, io.EOF):
		l.reset()
		return false
	}
	l.server.CloseWrite()
	return true
}

// maxRequest bounds a request; MySQL's largest packet is 1 GiB.
const maxRequest = 1<<30 + 1<<20

var errTooLong = errors.New("proxy: a request is too long")

// feed buffers what a client sent. The bytes before parsed belong to requests that were read but not sent yet.
type feed struct {
	conn   io.Reader
	base   []byte // where buf begins again once it is empty
	buf    []byte
	parsed int
	err    error // the end of the client's bytes
	late   bool  // the client was cut off from a request that was held
}

func (f *feed) unparsed() []byte { return f.buf[f.parsed:] }

// take returns the bytes of the requests that were read, which are overwritten by the next read.
func (f *feed) take() []byte {
	taken := f.buf[:f.parsed]
	f.buf, f.parsed = f.buf[f.parsed:], 0
	return taken
}

// fill adds bytes; the bytes of all requests must have been taken.
func (f *feed) fill() error {
	if f.err != nil {
		return f.err
	}
	f.read()
	if len(f.buf) > 0 {
		return nil
	}
	return f.err
}

func (f *feed) read() {
	if len(f.buf) == 0 {
		f.buf = f.base
	}
	if free := cap(f.buf) - len(f.buf); free < bufferSize/4 {
		f.base = make([]byte, 0, max(bufferSize, 2*len(f.buf)))
		f.buf = append(f.base, f.buf...)
	}
	n, err := f.conn.Read(f.buf[len(f.buf):cap(f.buf)])
	f.buf, f.err = f.buf[:len(f.buf)+n], err
}

// discard drops everything up to the end of the client's bytes.
func (f *feed) discard() {
	for err := error(nil); err == nil; err = f.fill() {
		f.buf, f.parsed = f.buf[:0], 0
	}
}
