package proxy

import (
	"errors"
	"net"
)

const (
	// maxRequest bounds a request; MySQL's largest packet is 1 GiB.
	maxRequest = 1<<30 + 1<<20
	// maxBehind bounds what is read behind a held request.
	maxBehind = 1 << 20
)

var errTooLong = errors.New("proxy: a request is too long")

// feed buffers what a client sent. The bytes before parsed belong to requests that were read but not sent yet.
type feed struct {
	conn    *net.TCPConn
	base    []byte // where buf begins again once it is empty
	buf     []byte
	parsed  int
	err     error             // the end of the client's bytes
	reading <-chan readResult // a read that goes on in the background, or nil

	abandoned bool // the client's bytes ended while a request was held
}

type readResult struct {
	bytes []byte
	err   error
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
	switch {
	case f.err != nil:
		return f.err
	case f.reading != nil:
		f.absorb(<-f.reading)
	default:
		f.read()
	}
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

func (f *feed) absorb(r readResult) {
	f.reading = nil
	f.buf, f.err = append(f.buf, r.bytes...), r.err
}

// readBehind reads in the background, so that a client's end is seen while its request is held.
func (f *feed) readBehind(start func(func())) <-chan readResult {
	if f.reading == nil && f.err == nil && len(f.buf) < f.parsed+maxBehind {
		result := make(chan readResult, 1)
		f.reading = result
		start(func() {
			buf := make([]byte, bufferSize)
			n, err := f.conn.Read(buf)
			result <- readResult{buf[:n], err}
		})
	}
	return f.reading
}

// discard drops everything up to the end of the client's bytes.
func (f *feed) discard() {
	for err := error(nil); err == nil; err = f.fill() {
		f.buf, f.parsed = f.buf[:0], 0
	}
}
