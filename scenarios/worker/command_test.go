package worker

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestPlaceholdersStandForTheContract(t *testing.T) {
	for given, want := range map[string]string{
		"{redis_url} {redis_host} {redis_port}": "redis://127.0.0.1:6379/0 127.0.0.1 6379",
		"{mysql_dsn}":                           "root@tcp(127.0.0.1:3306)/shop",
		"--url={database_url}":                  "--url=mysql://root@127.0.0.1:3306/shop",
		"{mysql_host}:{mysql_port} {mysql_user}@{mysql_database}": "127.0.0.1:3306 root@shop",
		"{table}>{list} {chunk_size} {chunks}":                    "items>rows 50 80",
		"{worker}/{workers} {run}":                                "3/8 r1",
		"${table} {{table}} {TABLE} { table } {1}":                "${table} {table} {TABLE} { table } {1}",
		`{"a":{"table":1}} {table,list}`:                          `{"a":{"table":1}} {table,list}`,
		"{table}}":                                                "items}",
	} {
		got := Command{"w", given}.With(whole)
		if !slices.Equal(got, []string{"w", want}) {
			t.Errorf("%s: %q, want %q", given, got, want)
		}
	}
	secret := whole
	secret.RedisURL = "redis://me:hunter2@127.0.0.1:6379/0"
	all := "{" + strings.Join(Placeholders(), "} {") + "}"
	if got := (Command{all}.With(secret))[0]; strings.Contains(got, "hunter2") || strings.Contains(got, "p@ss") || strings.Contains(got, "p%40ss") || strings.Contains(got, "{") {
		t.Errorf("%s", got)
	}
}

func TestACommandIsReadAsAShellDoes(t *testing.T) {
	got, err := ParseCommand(`sh -c 'exec w "$X" {table}' --n={workers}`)
	if want := []string{"sh", "-c", `exec w "$X" {table}`, "--n={workers}"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	if !got.Uses("table") || !got.Uses("workers") || got.Uses("worker") {
		t.Errorf("used: %q", got.names())
	}
}

func TestACommandThatCannotBeRunIsRefused(t *testing.T) {
	for given, want := range map[string][2]string{
		"":                     {`"" is not a command`, ""},
		"sh 'x":                {`"sh 'x" is not a command`, ""},
		"no-such-program-here": {`exec: "no-such-program-here": executable file not found in $PATH`, ""},
		"{table} x":            {"the program itself cannot be a placeholder: {table}", ""},
		"sh {tabel}":           {"unknown placeholder {tabel}", "{table}, or {{tabel}} for the text {tabel}"},
		"sh -c 'awk {print}'":  {"unknown placeholder {print}", "{{print}} for the text {print}; there are {redis_url} "},
		"sh {mysql_password}":  {"there is no placeholder {mysql_password}: every user", "MYSQL_PASSWORD"},
		"sh {redis_password}":  {"there is no placeholder {redis_password}: every user", "REDIS_URL"},
	} {
		_, err := ParseCommand(given)
		var misuse *Misuse
		if !errors.As(err, &misuse) || !strings.HasPrefix(misuse.What, want[0]) || !strings.Contains(misuse.Try, want[1]) {
			t.Errorf("%s: %#v", given, err)
		}
	}
}

func TestNoPlaceholderStandsForAPassword(t *testing.T) {
	for _, row := range []struct {
		command      string
		redis, mysql bool
		want         string
	}{
		{"sh {redis_url} {mysql_dsn} {database_url}", false, false, ""},
		{"sh {redis_url}", false, true, ""},
		{"sh {redis_host} {mysql_host} ${mysql_dsn} {{redis_url}}", true, true, ""},
		{"sh {redis_url}", true, false, "{redis_url} would hold the password of Redis"},
		{"sh {table} {mysql_dsn}", false, true, "{mysql_dsn} would hold the password of MySQL"},
		{"sh {database_url}", true, true, "{database_url} would hold the password of MySQL"},
	} {
		c, err := ParseCommand(row.command)
		if err != nil {
			t.Fatal(err)
		}
		err = c.Refuse(Passwords{Redis: row.redis, MySQL: row.mysql})
		var misuse *Misuse
		if row.want == "" && err == nil {
			continue
		}
		if !errors.As(err, &misuse) || row.want == "" || !strings.HasPrefix(misuse.What, row.want) || misuse.Try == "" {
			t.Errorf("%s: %v", row.command, err)
		}
	}
}
