package live

import (
	"errors"
	"io"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"
)

// What a worker started must not outlive it, however the worker ended.
func TestWhatAWorkerStartedEndsWithIt(t *testing.T) {
	for _, script := range []string{
		"sleep 1000 &", "sleep 1000 & exit 3", "sleep 1000 & kill -9 $$",
		"setsid sleep 1000 &", "setsid sleep 1000 & sleep 0.1; kill -9 $$", "(setsid sh -c 'sleep 1000; exit' &)",
	} {
		log, logEnd, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan *os.ProcessState, 1)
		_, err = launch(command{
			argv:   []string{"sh", "-c", script},
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
			t.Errorf("%q: %v", script, err)
		}
		log.Close()
	}
}

// Nor may it go on while the worker stands still.
func TestWhatAWorkerStartedStandsStillWithIt(t *testing.T) {
	ended := make(chan bool)
	p, err := launch(command{
		argv: []string{"sh", "-c", "(setsid sleep 1000 &); setsid sleep 1000 & sleep 1000; exit"},
		env:  os.Environ(), log: noLog, exited: func(*os.ProcessState, error) { close(ended) },
	})
	if err != nil {
		t.Fatal(err)
	}
	all := func(stopped bool) bool {
		family, err := p.family()
		return err == nil && len(family) == 4 && !slices.ContainsFunc(family, func(m member) bool { return m.stands() != stopped })
	}
	for deadline := time.Now().Add(signalWait); !all(false); time.Sleep(look) {
		if time.Now().After(deadline) {
			t.Fatal("it has not started what it had to")
		}
	}
	for signal, stopped := range map[syscall.Signal]bool{syscall.SIGSTOP: true, syscall.SIGCONT: false} {
		if err := errors.Join(p.obey(syscall.SIGSTOP), p.obey(signal)); err != nil || !all(stopped) {
			t.Errorf("%s: %v", signal, err)
		}
	}
	if err := p.signal(killSignal); err != nil {
		t.Error(err)
	}
	<-ended
	if family, err := p.family(); len(family) != 0 || err != nil {
		t.Errorf("left: %v, %v", family, err)
	}
}

func noLog() (theirs *os.File, copied func(), err error) {
	theirs, err = os.Open(os.DevNull)
	return theirs, func() {}, err
}
