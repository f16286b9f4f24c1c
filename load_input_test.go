package main

import (
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// badInput is one mistake of a user and what has to come of it.
type badInput struct {
	prepare func(t *testing.T, d dbs)
	env     func(d dbs) []string // what differs from the right addresses
	args    string               // beside --table orders --list target, unless they are given
	code    int
	error   string // a pattern for what stands after "error: "
	try     string // and for what stands after "try: "
}

func TestLoadRefusesBadInput(t *testing.T) {
	d := databases(t)
	d.exec(t,
		"CREATE TABLE orders (id BIGINT PRIMARY KEY, other INT NOT NULL UNIQUE, twice INT, payload VARCHAR(40))",
		"INSERT INTO orders VALUES (1,1,1,'a'), (2,2,1,'b'), (3,3,1,'c')",
		"CREATE TABLE again LIKE orders",
		"INSERT INTO again SELECT * FROM orders",
		"CREATE TABLE keyless (id BIGINT, payload VARCHAR(40))",
		"INSERT INTO keyless SELECT id, payload FROM orders",
		"CREATE TABLE computed (a INT NOT NULL, UNIQUE next ((a + 1)))",
		"CREATE TABLE pairs (a INT, b INT, c INT UNIQUE, PRIMARY KEY (a, b))",
		"DROP USER IF EXISTS stranger, reader",
		"CREATE USER stranger IDENTIFIED BY '"+d.mysql.Passwd+"', reader IDENTIFIED BY '"+d.mysql.Passwd+"'",
		"GRANT SELECT ON again TO reader",
	)
	t.Cleanup(func() { d.exec(t, "DROP USER stranger, reader") })
	for name, c := range badInputs(t) {
		t.Run(name, func(t *testing.T) { c.check(t, d) })
	}
}

func (c badInput) check(t *testing.T, d dbs) {
	if err := d.redis.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if c.prepare != nil {
		c.prepare(t, d)
	}
	before := d.keys(t)
	env := d.env()
	if c.env != nil {
		env = append(env, c.env(d)...)
	}
	for _, further := range []string{"--dry-run", "--workers=4"} { // which says the same
		c.refused(t, d, complete(t, command(t, env, append(c.arguments(), further)...)))
	}
	if difference := cmp.Diff(before, d.keys(t)); difference != "" {
		t.Errorf("Redis was changed:\n%s", difference)
	}
}

func (c badInput) refused(t *testing.T, d dbs, e ended) {
	t.Helper()
	e.want(t, c.code)
	if e.stdout != "" {
		t.Errorf("standard output: %s", e.stdout)
	}
	wantLine(t, e.stderr, "error: ", c.error)
	wantLine(t, e.stderr, "try: ", c.try)
	for line := range strings.Lines(e.stderr) {
		if !strings.HasPrefix(line, "error: ") && !strings.HasPrefix(line, "try: ") && !strings.HasPrefix(line, "loading table ") {
			t.Errorf("one line too many: %s", line)
		}
	}
	d.discreet(t, "the message", e.stderr)
}

func (c badInput) arguments() []string {
	args := append([]string{"load"}, strings.Fields(c.args)...)
	if !strings.Contains(c.args, "--table") {
		args = append(args, "--table", "orders")
	}
	if !strings.Contains(c.args, "--list") && !strings.Contains(c.args, "--stream") {
		args = append(args, "--list", "target")
	}
	return args
}

// wantLine looks for the only line that begins so, all of which has to match.
func wantLine(t *testing.T, text, begin, pattern string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, begin); ok {
			lines = append(lines, strings.TrimSuffix(rest, "\n"))
		}
	}
	if len(lines) != 1 || !regexp.MustCompile("^(?:"+pattern+")$").MatchString(lines[0]) {
		t.Errorf("lines with %q: %q, want one that matches %q", begin, lines, pattern)
	}
}

// taken loads orders into target, so that the list belongs to that job.
func taken(t *testing.T, d dbs) {
	t.Helper()
	complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "target")).want(t, 0)
}

// redisDo makes a preparation of one command.
func redisDo(args ...any) func(*testing.T, dbs) {
	return func(t *testing.T, d dbs) {
		t.Helper()
		if err := d.redis.Do(t.Context(), args...).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

func both(prepare ...func(*testing.T, dbs)) func(*testing.T, dbs) {
	return func(t *testing.T, d dbs) {
		for _, p := range prepare {
			p(t, d)
		}
	}
}

// replaced gives an address in place of the right one.
func replaced(name, value string) func(dbs) []string {
	return func(dbs) []string { return []string{name + "=" + value} }
}

// dsn gives the right address with another user, password or database.
func dsn(change func(d *dbs)) func(dbs) []string {
	return func(d dbs) []string {
		d.mysql = d.mysql.Clone()
		change(&d)
		return []string{"MYSQL_DSN=" + d.mysql.FormatDSN()}
	}
}

// closedPort is an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func badInputs(t *testing.T) map[string]badInput {
	const (
		anotherJob   = `list target already belongs to another job: `
		sameOrOther  = `the same options as that job, or another --list`
		listOfOrders = `one of id, other, twice, payload`
		login        = `the right user.*`
		otherVersion = `another --list, or the version of this program that began it; .*`
		running      = `is it running, and is the address right\?`
	)
	closed := closedPort(t)
	return map[string]badInput{
		"no such table":    {args: "--table order", code: 10, error: `there is no table order: Error 1146 .*`, try: `SHOW TABLES; .*`},
		"no such database": {env: dsn(func(d *dbs) { d.mysql.DBName = "nowhere" }), code: 10, error: `there is no such database: Error 1049 .*`, try: `SHOW DATABASES`},
		"no table at all":  {args: "--table= --list target", code: 2, error: `no table is named`, try: `--table NAME`},
		"no list at all":   {args: "--table orders --list=", code: 2, error: `--list is given, and empty`, try: `leave it out, .*`},

		"a list and a stream":  {args: "--list target --stream target", code: 2, error: `--list and --stream can't be used together`, try: `onceover load --help`},
		"the stream is a list": {prepare: redisDo("LPUSH", "target", "x"), args: "--stream target", code: 13, error: `key target holds a list, and a stream is needed there`, try: `another --stream`},
		"a plan of a stream":   {prepare: taken, args: "--stream target", code: 13, error: `key target holds a list, .*`, try: `another --stream`},

		"no unique index":           {args: "--table keyless --chunk-size 2", code: 11, error: `table \w+\.keyless has no unique index without NULLs, and its 3 rows are more than one chunk of 2`, try: `--chunk-size 3, which takes all of them at once; .*`},
		"a key that repeats":        {args: "--key twice", code: 11, error: `table orders has no unique index of twice`, try: `--key id or --key other`},
		"half a key":                {args: "--table pairs --key a", code: 11, error: `table pairs has no unique index of a`, try: `--key a,b`},
		"a key with NULLs":          {args: "--table pairs --key c", code: 11, error: `index c of table pairs allows NULL in column c, .*`, try: `--key a,b`},
		"no such index":             {args: "--table pairs --key nummer", code: 12, error: `table pairs has no column and no unique index nummer`, try: `--key a,b`},
		"no such key column":        {args: "--key id,nummer", code: 12, error: `table orders has no column nummer`, try: listOfOrders},
		"no such column":            {args: "--columns id,colour", code: 12, error: `table orders has no column colour`, try: listOfOrders},
		"bytes of no column loaded": {args: "--columns id --base64 payload", code: 12, error: `column payload, whose bytes --base64 asks for, is not among --columns`, try: `--columns id,payload`},
		"columns of no name":        {args: "--columns=", code: 2, error: `--columns is given, and empty`, try: `leave it out, .*`},
		"a key of no name":          {args: "--key=", code: 2, error: `--key is given, and empty`, try: `leave it out, .*`},
		"a key of an expression":    {args: "--table computed --key next", code: 11, error: `index next of table computed is of an expression`, try: `a unique index .*`},
		"no such Redis database":    {env: func(d dbs) []string { return []string{"REDIS_URL=" + strings.TrimSuffix(d.redisURL, "/0") + "/99999"} }, code: 2, error: `this Redis has no database of the number in its URL: .*`, try: `another number .*`},
		"Redis that is MySQL":       {env: func(d dbs) []string { return []string{"REDIS_URL=redis://" + d.mysql.Addr} }, code: 69, error: `what answers does not speak as Redis does: .*`, try: `is the address that of a Redis, .*`},
		"no such setting":           {env: dsn(func(d *dbs) { d.mysql.Params = map[string]string{"colour": "1"} }), code: 2, error: `MySQL does not take a parameter of the DSN as a setting: Error 1193 .*`, try: `leave it out, .*`},
		"the list is a string":      {prepare: redisDo("SET", "target", "x"), code: 13, error: `key target holds a string, and a list is needed there`, try: `another --list`},
		"the list is a stream":      {prepare: redisDo("XADD", "target", "1-1", "a", "b"), code: 13, error: `key target holds a stream, .*`, try: `another --list`},
		"the bitmap is a list":      {prepare: redisDo("LPUSH", "{target}:chunks", "x"), code: 13, error: `key {target}:chunks holds a list, and a string is needed there`, try: `another --list`},
		"the plan is a string":      {prepare: redisDo("SET", "{target}:plan", "x"), code: 13, error: `key {target}:plan holds a string, .*`, try: `another --list`},
		"the owners are a list":     {prepare: redisDo("LPUSH", "{target}:owners", "x"), code: 13, error: `key {target}:owners holds a list, .*`, try: `another --list`},

		"a bitmap without a plan":      {prepare: redisDo("SETBIT", "{target}:chunks", 0, 1), code: 14, error: `{target}:chunks or {target}:owners exists without a plan: .*`, try: `another --list; .*`},
		"a plan of another table":      {prepare: taken, args: "--table again", code: 14, error: anotherJob + `it loads table \w+\.orders, not \w+\.again`, try: sameOrOther},
		"a plan by another key":        {prepare: taken, args: "--key other", code: 14, error: anotherJob + `its key is id, not other`, try: sameOrOther},
		"a plan of other columns":      {prepare: taken, args: "--columns id,payload", code: 14, error: anotherJob + `it loads columns .*, not \[id payload\]`, try: sameOrOther},
		"a plan of other chunks":       {prepare: taken, args: "--chunk-size 2", code: 14, error: anotherJob + `its chunk size is 5000, not 2`, try: sameOrOther},
		"a plan of another strategy":   {prepare: taken, args: "--strategy set-nx", code: 14, error: anotherJob + `its strategy is lease-lua, not set-nx`, try: sameOrOther},
		"a plan that cannot be read":   {prepare: redisDo("HSET", "{target}:plan", "id", "x", "body", "x"), code: 14, error: anotherJob + `the stored plan cannot be read: .*`, try: otherVersion},
		"a plan of a later version":    {prepare: redisDo("HSET", "{target}:plan", "id", "x", "body", `{"version":99}`), code: 14, error: anotherJob + `the stored plan is of version 99, .*`, try: otherVersion},
		"a bitmap that is too long":    {prepare: both(taken, redisDo("SETBIT", "{target}:chunks", 7, 1)), code: 14, error: anotherJob + `its bitmap marks chunks beyond the plan's 1`, try: sameOrOther},
		"chunks of nothing":            {args: "--chunk-size 0", code: 15, error: `chunk size 0 is out of range`, try: `a chunk size from 1 to 100000`},
		"chunks of less than nothing":  {args: "--chunk-size=-5", code: 15, error: `chunk size -5 is out of range`, try: `a chunk size from 1 to 100000`},
		"chunks that are too large":    {args: "--chunk-size 100001", code: 15, error: `chunk size 100001 is out of range`, try: `a chunk size from 1 to 100000`},
		"a strategy that nobody knows": {args: "--strategy lease_lua", code: 2, error: `unknown strategy "lease_lua"`, try: `lease-lua; all of them: onceover list strategies`},
		"the wrong password of Redis": {env: func(d dbs) []string {
			return []string{"REDIS_URL=" + strings.Replace(d.redisURL, redisPassword, "falsch", 1)}
		}, code: 17, error: `Redis refuses the login: WRONGPASS .*`, try: login},
		"a user who may not use Redis": {prepare: redisDo("ACL", "SETUSER", "weak", "on", ">"+redisPassword, "resetkeys", "-@all"), env: func(d dbs) []string { return []string{"REDIS_URL=" + strings.Replace(d.redisURL, "loader", "weak", 1)} }, code: 17, error: `Redis refuses a command to this user: NOPERM .*`, try: `ACL SETUSER user ~target ~{target}:\* \+bitcount .*`},
		"the wrong password of MySQL":  {env: dsn(func(d *dbs) { d.mysql.Passwd = "falsch" }), code: 17, error: `MySQL refuses the login: Error 1045 .*`, try: login},
		"a user who may not enter":     {env: dsn(func(d *dbs) { d.mysql.User = "stranger" }), code: 17, error: `MySQL refuses the login: Error 1044 .*`, try: login},
		"a user who may not read":      {env: dsn(func(d *dbs) { d.mysql.User = "reader" }), code: 17, error: `MySQL denies this user the table orders, or a column of it: Error 1142 .*`, try: `GRANT SELECT .*`},
		"Redis is not there":           {env: replaced("REDIS_URL", "redis://loader:"+redisPassword+"@"+closed), code: 69, error: `cannot reach Redis: dial tcp .*: connect: connection refused`, try: running},
		"MySQL is not there":           {env: dsn(func(d *dbs) { d.mysql.Addr = closed }), code: 69, error: `cannot reach MySQL: dial tcp .*: connect: connection refused`, try: running},
		"MySQL that says nothing":      {env: dsn(func(d *dbs) { d.mysql.Addr, d.mysql.ReadTimeout = d.redis.Options().Addr, 200*time.Millisecond }), code: 69, error: `cannot reach MySQL: .*`, try: running},
	}
}
