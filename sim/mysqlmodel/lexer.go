package mysqlmodel

import "strings"

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenQuotedName // in backquotes
	tokenNumber
	tokenString
	tokenSymbol
	tokenBad
)

type token struct {
	kind       tokenKind
	text       string // without quotes
	start, end int
}

// is tells whether a token is a keyword or a symbol.
func (t token) is(text string) bool {
	return (t.kind == tokenWord || t.kind == tokenSymbol) && strings.EqualFold(t.text, text)
}
func (t token) name() bool { return t.kind == tokenWord || t.kind == tokenQuotedName }

type lexer struct {
	sql string
	at  int
}

func (l *lexer) next() token {
	for l.at < len(l.sql) && isSpace(l.sql[l.at]) {
		l.at++
	}
	t := token{start: l.at}
	if l.at < len(l.sql) {
		l.scan(&t)
	}
	t.end = l.at
	return t
}

func (l *lexer) scan(t *token) {
	switch c := l.sql[l.at]; {
	case isWord(c) && !isDigit(c), c == '@':
		t.kind, t.text = tokenWord, l.run(func(c byte) bool { return isWord(c) || c == '@' || c == '.' && l.sql[t.start] == '@' })
	case isDigit(c):
		t.kind, t.text = tokenNumber, l.run(func(c byte) bool { return isWord(c) || c == '.' })
	case c == '`':
		t.kind = tokenQuotedName
		l.quoted(t, '`', false)
	case c == '\'' || c == '"':
		t.kind = tokenString
		l.quoted(t, c, true)
	default:
		l.symbol(t)
	}
}

func (l *lexer) run(accept func(byte) bool) string {
	start := l.at
	for l.at < len(l.sql) && accept(l.sql[l.at]) {
		l.at++
	}
	return l.sql[start:l.at]
}

func (l *lexer) symbol(t *token) {
	t.kind = tokenSymbol
	n := 1
	if two := l.sql[l.at:min(l.at+2, len(l.sql))]; two == ">=" || two == "<=" || two == "<>" {
		n = 2
	} else if !strings.Contains("*,().=<>?+-;", two[:1]) {
		t.kind = tokenBad
	}
	t.text = l.sql[l.at : l.at+n]
	l.at += n
}

// quoted reads up to the closing quote, which stands for itself when doubled.
func (l *lexer) quoted(t *token, quote byte, escapes bool) {
	l.at++
	var text []byte
	for l.at < len(l.sql) {
		c, rest := l.sql[l.at], l.sql[l.at+1:]
		l.at++
		switch {
		case c == quote && !strings.HasPrefix(rest, string(quote)):
			t.text = string(text)
			return
		case c == quote:
			l.at++
			text = append(text, quote)
		case c == '\\' && escapes && rest != "":
			l.at++
			text = append(text, unescape(rest[0])...)
		default:
			text = append(text, c)
		}
	}
	t.kind = tokenBad
}

// escapeSequences follow the table in "String Literals" of MySQL's reference manual; any other character stands for itself.
var escapeSequences = map[byte]string{'0': "\x00", 'b': "\b", 'n': "\n", 'r': "\r", 't': "\t", 'Z': "\x1a", '%': `\%`, '_': `\_`}

func unescape(c byte) string {
	if s, ok := escapeSequences[c]; ok {
		return s
	}
	return string([]byte{c})
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$' || c >= 0x80 || isDigit(c)
}

// reserved are those of the server's reserved words that could stand where the parser reads a name.
var reserved = map[string]bool{
	"ALL": true, "AND": true, "AS": true, "BETWEEN": true, "BINARY": true, "CASE": true, "CURRENT_DATE": true, "CURRENT_TIME": true,
	"CURRENT_TIMESTAMP": true, "CURRENT_USER": true, "DEFAULT": true, "DELETE": true, "DISTINCT": true, "EXISTS": true, "FALSE": true,
	"FOR": true, "FROM": true, "GROUP": true, "HIGH_PRIORITY": true, "IGNORE": true, "IN": true, "INSERT": true, "INTERVAL": true, "INTO": true,
	"IS": true, "JOIN": true, "LIKE": true, "LIMIT": true, "LOCALTIME": true, "LOCALTIMESTAMP": true, "LOCK": true, "LOW_PRIORITY": true,
	"NOT": true, "NULL": true, "ON": true, "OR": true, "ORDER": true, "REPLACE": true, "SELECT": true, "SET": true, "TRUE": true,
	"UPDATE": true, "UTC_DATE": true, "UTC_TIME": true, "UTC_TIMESTAMP": true, "VALUES": true, "WHERE": true, "XOR": true,
}
