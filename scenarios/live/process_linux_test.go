package live

import (
	"net"
	"os"
	"os/exec"
	"testing"
)

// A connection belongs to the process that holds it.
func TestConnectionsOfOtherProcessesAreTold(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, c := range []struct {
		process *process
		want    int
	}{
		{lifeOf(os.Getpid()), 0},
		{lifeOf(stranger(t)), 1},
	} {
		if n := c.process.heldByOthers(1, "1", port); n != c.want {
			t.Errorf("%d connections are of others than process %d, want %d", n, c.process.cmd.Process.Pid, c.want)
		}
		if n := c.process.heldByOthers(1000, "1", port); n != c.want {
			t.Errorf("looked at one by one, %d connections are of others than process %d, want %d", n, c.process.cmd.Process.Pid, c.want)
		}
		if n := c.process.heldByOthers(1000, "1"); n != 0 {
			t.Errorf("to a port without connections there are %d", n)
		}
	}
}

func lifeOf(pid int) *process {
	return &process{cmd: &exec.Cmd{Process: &os.Process{Pid: pid}}, known: map[int]uint64{}, mark: markName + "=none"}
}

// stranger is a process without connections, in a group of its own.
func stranger(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	cmd.SysProcAttr = groupAttributes()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd.Process.Pid
}

func TestAConnectionIsHeldUntilItsClientCloses(t *testing.T) {
	for network, address := range map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0"} {
		listener, err := net.Listen(network, address)
		if err != nil {
			t.Logf("this machine has no %s: %v", network, err)
			continue
		}
		defer listener.Close()
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		count := func(when string, want int) {
			t.Helper()
			if got := heldTo("1", port); got != want {
				t.Errorf("%s, %s: %d are held, want %d", network, when, got, want)
			}
		}
		count("before", 0)
		client, err := net.Dial(network, listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		count("nobody has accepted it", 1)
		server, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		count("open", 1)
		server.Close()
		count("closed by the other side", 1)
		client.Close()
		count("closed", 0)
	}
}
