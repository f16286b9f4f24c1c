package live

import (
	"io"
	"os"
	"testing"
	"time"
)

// What a worker started must not outlive it, however the worker ended.
func TestWhatAWorkerStartedEndsWithIt(t *testing.T) {
	for _, end := range []string{"", "exit 3", "kill -9 $$"} {
		log, logEnd, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan *os.ProcessState, 1)
		_, err = launch(command{
			argv:   []string{"sh", "-c", "sleep 1000 & " + end},
			env:    os.Environ(),
			log:    func() (*os.File, func(), error) { return logEnd, func() {}, nil },
			exited: func(state *os.ProcessState, _ error) { ended <- state },
		})
		logEnd.Close()
		if err != nil {
			t.Fatal(err)
		}
		<-ended
		if err := log.SetReadDeadline(time.Now().Add(signalWait)); err != nil {
			t.Fatal(err)
		}
		// The file ends when no process holds its other end.
		if _, err := io.ReadAll(log); err != nil {
			t.Errorf("%q: %v", end, err)
		}
		log.Close()
	}
}
