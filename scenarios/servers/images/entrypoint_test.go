package images

import (
	"os/exec"
	"strings"
	"testing"
)

func TestRedisEntryPointTurnsProtectedModeOff(t *testing.T) {
	onPath(t, map[string]string{
		"id":           "#!/bin/sh\necho 1000\n",
		"redis-server": "#!/bin/sh\necho redis-server \"$@\"\n",
	})
	tests := []struct{ args, want string }{
		{"", "redis-server --protected-mode no"},
		{"redis-server", "redis-server --protected-mode no"},
		{"--appendonly yes", "redis-server --protected-mode no --appendonly yes"},
		{"redis-server --appendonly yes", "redis-server --protected-mode no --appendonly yes"},
		{"redis-server /etc/redis.conf --port 1", "redis-server /etc/redis.conf --protected-mode no --port 1"},
		{"redis-server --version", "redis-server --version"},
		{"echo -n x", "x"},
	}
	for _, test := range tests {
		args := append([]string{"redis-entrypoint.sh"}, strings.Fields(test.args)...)
		out, err := exec.Command("bash", args...).CombinedOutput()
		if err != nil {
			t.Errorf("%q: %v", test.args, err)
		}
		if got := strings.TrimSpace(string(out)); got != test.want {
			t.Errorf("%q ran %q, want %q", test.args, got, test.want)
		}
	}
}

func TestMySQLEntryPointRefusesUnsafeAccounts(t *testing.T) {
	tests := []struct{ name, root, user, want string }{
		{"no root password", "", "", "set MYSQL_ROOT_PASSWORD"},
		{"user without password", "secret", "loader", "MYSQL_USER needs MYSQL_PASSWORD"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cmd := exec.Command("bash", "mysql-entrypoint.sh", "--max-connections=5")
			cmd.Env = append(cmd.Environ(), "MYSQL_ROOT_PASSWORD="+test.root, "MYSQL_USER="+test.user,
				"MYSQL_PASSWORD=", "MYSQL_ALLOW_EMPTY_PASSWORD=")
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), test.want) {
				t.Errorf("%v %q, want a refusal with %q", err, out, test.want)
			}
		})
	}
}
