package worker

import (
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/google/shlex"
)

// Command is the command line of a program, word by word. A placeholder in a word, such as
// {redis_url}, stands for what the contract tells.
type Command []string

// Misuse is a command that cannot be run.
type Misuse struct {
	What string
	Try  string // the cure; may be empty
}

func (m *Misuse) Error() string { return m.What }

// braces finds placeholders. Shells write variables as ${name}, and two braces stand for one.
var braces = regexp.MustCompile(`\$?\{\{?[a-z][a-z0-9_]*\}\}?`)

// placeholder is a name and what stands in its place. None ever tells a password: command
// lines are there for every user of the machine to read.
type placeholder struct {
	name string
	of   func(Contract) string
}

var placeholders = []placeholder{
	{"redis_url", func(c Contract) string { return c.redisAddress().String() }},
	{"redis_host", func(c Contract) string { return c.redisAddress().Hostname() }},
	{"redis_port", func(c Contract) string { return c.redisAddress().Port() }},
	{"mysql_dsn", func(c Contract) string {
		return fmt.Sprintf("%s@tcp(%s)/%s", c.MySQL.User, net.JoinHostPort(c.MySQL.Host, strconv.Itoa(c.MySQL.Port)), c.MySQL.Database)
	}},
	{"database_url", func(c Contract) string { return c.MySQL.address(url.User(c.MySQL.User)) }},
	{"mysql_host", func(c Contract) string { return c.MySQL.Host }},
	{"mysql_port", func(c Contract) string { return strconv.Itoa(c.MySQL.Port) }},
	{"mysql_user", func(c Contract) string { return c.MySQL.User }},
	{"mysql_database", func(c Contract) string { return c.MySQL.Database }},
	{"table", func(c Contract) string { return c.Table }},
	{"list", func(c Contract) string { return c.List }},
	{"chunk_size", func(c Contract) string { return strconv.Itoa(c.ChunkSize) }},
	{"chunks", func(c Contract) string { return strconv.Itoa(c.Chunks) }},
	{"worker", func(c Contract) string { return strconv.Itoa(c.Worker) }},
	{"workers", func(c Contract) string { return strconv.Itoa(c.Workers) }},
	{"run", func(c Contract) string { return c.Run }},
}

// Placeholders are the names that may stand in braces.
func Placeholders() []string {
	names := make([]string, len(placeholders))
	for i, p := range placeholders {
		names[i] = p.name
	}
	return names
}

// ParseCommand reads a command as a shell does. It refuses one that is not there and a
// placeholder that is not known, with a [Misuse].
func ParseCommand(text string) (Command, error) {
	words, err := shlex.Split(text)
	if err != nil || len(words) == 0 {
		return nil, &Misuse{What: fmt.Sprintf("%q is not a command", text)}
	}
	command := Command(words)
	for _, word := range command {
		if err := CheckNames(word, Placeholders()); err != nil {
			return nil, err
		}
	}
	if len(braces.FindString(words[0])) > 0 {
		return nil, &Misuse{What: fmt.Sprintf("the program itself cannot be a placeholder: %s", words[0])}
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return nil, &Misuse{What: err.Error()}
	}
	return command, nil
}

// names are those in braces, in order.
func (c Command) names() (all []string) {
	for _, word := range c {
		all = append(all, namesIn(word)...)
	}
	return all
}

func namesIn(text string) (all []string) {
	for _, found := range braces.FindAllString(text, -1) {
		if name, ok := named(found); ok {
			all = append(all, name)
		}
	}
	return all
}

// named is the name of what was found in braces, unless that is text.
func named(found string) (name string, ok bool) {
	if found[0] == '$' || strings.HasPrefix(found, "{{") {
		return "", false
	}
	return strings.Trim(found, "{}"), true
}

// CheckNames is a [Misuse] if another name than these stands in braces in a text.
func CheckNames(text string, names []string) error {
	for _, name := range namesIn(text) {
		if !slices.Contains(names, name) {
			return unknown(name, names)
		}
	}
	return nil
}

func unknown(name string, names []string) error {
	text := fmt.Sprintf("{{%s}} for the text {%s}", name, name)
	if name == "mysql_password" || name == "redis_password" || name == "password" {
		return &Misuse{
			What: fmt.Sprintf("there is no placeholder {%s}: every user of the machine can read a command line", name),
			Try:  "let the program read the password from MYSQL_PASSWORD or REDIS_URL of its environment; " + text,
		}
	}
	nearest := slices.MinFunc(names, func(a, b string) int {
		return levenshtein.ComputeDistance(name, a) - levenshtein.ComputeDistance(name, b)
	})
	if levenshtein.ComputeDistance(name, nearest) <= len(name)/2 {
		text = fmt.Sprintf("{%s}, or %s", nearest, text)
	} else {
		text += "; there are {" + strings.Join(names, "} {") + "}"
	}
	return &Misuse{What: fmt.Sprintf("unknown placeholder {%s}", name), Try: text}
}

// Uses tells whether a placeholder is in the command.
func (c Command) Uses(name string) bool { return slices.Contains(c.names(), name) }

// Passwords says which servers have one.
type Passwords struct{ Redis, MySQL bool }

// Refuse is a [Misuse] if a placeholder stands for an address to which a password belongs:
// the command would hold it, or lack it.
func (c Command) Refuse(have Passwords) error {
	for _, name := range c.names() {
		switch name {
		case "redis_url":
			if have.Redis {
				return &Misuse{
					What: "{redis_url} would hold the password of Redis, and every user of the machine can read a command line",
					Try:  "{redis_host} and {redis_port}, or let the program read REDIS_URL from its environment",
				}
			}
		case "mysql_dsn", "database_url":
			if have.MySQL {
				return &Misuse{
					What: fmt.Sprintf("{%s} would hold the password of MySQL, and every user of the machine can read a command line", name),
					Try:  "{mysql_host} {mysql_port} {mysql_user} {mysql_database}, and let the program read MYSQL_PASSWORD or DATABASE_URL from its environment",
				}
			}
		}
	}
	return nil
}

// With puts what a worker is told in the place of the placeholders. It never writes a
// password.
func (c Command) With(told Contract) []string {
	words := make([]string, len(c))
	for i, word := range c {
		words[i] = Fill(word, told.value)
	}
	return words
}

// Fill puts values in the place of the names in braces that have one. Text in two braces,
// which stands for itself in one, keeps what is not a pair.
func Fill(text string, value func(name string) (string, bool)) string {
	return braces.ReplaceAllStringFunc(text, func(found string) string {
		if strings.HasPrefix(found, "{{") && strings.HasSuffix(found, "}}") {
			return found[1 : len(found)-1]
		}
		if name, ok := named(found); ok {
			if v, ok := value(name); ok {
				return v + strings.Repeat("}", strings.Count(found, "}")-1)
			}
		}
		return found
	})
}

// value is what a placeholder stands for.
func (c Contract) value(name string) (string, bool) {
	i := slices.IndexFunc(placeholders, func(p placeholder) bool { return p.name == name })
	if i < 0 {
		return "", false
	}
	return placeholders[i].of(c), true
}

// redisAddress is where Redis is, without a password.
func (c Contract) redisAddress() *url.URL {
	u, err := url.Parse(c.RedisURL)
	if err != nil {
		return &url.URL{}
	}
	u.User = nil
	return u
}
