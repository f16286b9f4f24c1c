package wire

import "strings"

// Request is one complete message of a client.
type Request struct {
	Protocol Protocol

	// Args is the command of a RESP request with its arguments. It is empty for an empty line, which asks for nothing.
	Args [][]byte

	// Cmd is the command byte of a MySQL request; it is 0 while Handshake is set.
	Cmd byte
	// Handshake marks the messages of MySQL's connection phase, which carry credentials and no command byte.
	Handshake bool
	// SQL is the text of COM_QUERY and COM_STMT_PREPARE, and of the statement that COM_STMT_EXECUTE runs.
	SQL string
	// Statement is the number of the prepared statement that a COM_STMT command names.
	Statement uint32

	// Silent requests are never answered.
	Silent bool
}

// Verb returns in upper case what the request makes the server do: the RESP command, the first word of the SQL that
// is run, or else the name of the MySQL command (COM_PING, HANDSHAKE).
func (r Request) Verb() string {
	switch {
	case r.Protocol == RESP && len(r.Args) == 0:
		return "EMPTY"
	case r.Protocol == RESP:
		return printableWord(r.Args[0])
	case r.Handshake:
		return "HANDSHAKE"
	}
	if r.Cmd == ComQuery || r.Cmd == ComStmtExecute {
		if word, _ := firstWord(r.SQL); word != "" {
			return word
		}
	}
	return CommandName(r.Cmd)
}

// maxShown bounds the SQL that String shows, in bytes.
const maxShown = 80

// String returns a short printable name that holds no argument of a RESP command, no literal of a statement, and
// nothing of a statement that might set a password: LPUSH, CLIENT SETNAME, "SELECT id FROM t WHERE name = …".
func (r Request) String() string {
	switch {
	case r.Protocol == RESP:
		verb := r.Verb()
		if len(r.Args) > 1 && containers[verb] {
			verb += " " + printableWord(r.Args[1])
		}
		return verb
	case r.SQL == "":
		return r.Verb()
	case r.Cmd == ComStmtPrepare:
		return "PREPARE " + shownSQL(r.SQL)
	}
	return shownSQL(r.SQL)
}

// containers are the Redis commands whose first argument is a subcommand.
var containers = map[string]bool{
	"ACL": true, "CLIENT": true, "CLUSTER": true, "COMMAND": true, "CONFIG": true, "DEBUG": true, "FUNCTION": true,
	"LATENCY": true, "MEMORY": true, "MODULE": true, "OBJECT": true, "PUBSUB": true, "SCRIPT": true, "SLOWLOG": true,
	"XGROUP": true, "XINFO": true,
}

// readable are the statements that never hold a password outside a literal.
var readable = map[string]bool{
	"SELECT": true, "INSERT": true, "UPDATE": true, "DELETE": true, "REPLACE": true, "WITH": true, "SHOW": true, "USE": true,
	"BEGIN": true, "START": true, "COMMIT": true, "ROLLBACK": true, "SAVEPOINT": true, "RELEASE": true, "DO": true,
	"TRUNCATE": true, "LOCK": true, "UNLOCK": true, "EXPLAIN": true, "KILL": true, "CHECKSUM": true,
}

// shownSQL stops at the first quote rather than blanking literals: where a literal ends depends on the server's SQL mode.
func shownSQL(sql string) string {
	word, rest := firstWord(sql)
	if !readable[word] {
		return strings.TrimSpace(word + " …")
	}
	cut := len(rest) > maxShown
	if cut {
		rest = rest[:maxShown]
	}
	if i := strings.IndexAny(rest, `'"#`); i >= 0 {
		rest, cut = rest[:i], true
	}
	for _, comment := range []string{"--", "/*"} {
		if i := strings.Index(rest, comment); i >= 0 {
			rest, cut = rest[:i], true
		}
	}
	shown := word + strings.Map(printable, strings.ToValidUTF8(rest, ""))
	shown = strings.Join(strings.Fields(shown), " ")
	if cut {
		shown += " …"
	}
	return shown
}

// firstWord returns the first keyword of a statement in upper case, and what follows it.
func firstWord(sql string) (word, rest string) {
	sql = skipComments(sql)
	end := 0
	for end < len(sql) && isLetter(sql[end]) {
		end++
	}
	return strings.ToUpper(sql[:end]), sql[end:]
}

func skipComments(sql string) string {
	for {
		sql = strings.TrimLeft(sql, " \t\r\n(;")
		terminator := "\n"
		switch {
		case strings.HasPrefix(sql, "/*"):
			terminator = "*/"
		case strings.HasPrefix(sql, "--"), strings.HasPrefix(sql, "#"):
		default:
			return sql
		}
		_, after, found := strings.Cut(sql, terminator)
		if !found {
			return ""
		}
		sql = after
	}
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}

// printableWord names a command; whatever cannot be the name of one is not shown.
func printableWord(b []byte) string {
	const longest = 32
	if len(b) == 0 || len(b) > longest {
		return "?"
	}
	for _, c := range b {
		if !isLetter(c) && (c < '0' || c > '9') && c != '-' && c != '.' {
			return "?"
		}
	}
	return strings.ToUpper(string(b))
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}
