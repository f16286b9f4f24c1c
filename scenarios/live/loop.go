package live

import "time"

// loop is the goroutine to which everything of a run belongs. Other goroutines
// hand it functions.
type loop struct {
	events  chan func()
	quit    chan struct{} // closed when nobody reads events any more
	pending int           // functions that are on their way to events
	failure error         // of the world, with which the run ends
}

func newLoop() *loop {
	return &loop{events: make(chan func(), 64), quit: make(chan struct{})}
}

// post hands a function to the loop, unless the loop has ended.
func (l *loop) post(f func()) {
	select {
	case l.events <- f:
	case <-l.quit:
	}
}

// later runs work elsewhere and then, in the loop, what it returns.
func (l *loop) later(work func() func()) {
	l.pending++
	go func() {
		f := work()
		l.post(func() {
			l.pending--
			f()
		})
	}()
}

// after runs f in the loop when the time has passed.
func (l *loop) after(d time.Duration, f func()) {
	l.later(func() func() {
		select {
		case <-time.After(d):
		case <-l.quit:
		}
		return f
	})
}

// timeout runs f in the loop when the time has passed. The run does not wait for it.
func (l *loop) timeout(d time.Duration, f func()) {
	time.AfterFunc(d, func() { l.post(f) })
}
