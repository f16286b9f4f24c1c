package redismodel

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// packageDoc returns the package documentation as one line of words.
func packageDoc(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(string(text), "//", "")), " ")
}

func TestDocumentationListsTheSettings(t *testing.T) {
	var names []string
	for _, f := range settings {
		names = append(names, f.name)
	}
	n := len(names)
	want := strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	if doc := packageDoc(t); !strings.Contains(doc, want) {
		t.Errorf("the documentation does not say %q", want)
	}
}

func TestNoCommandIsBothKnownAndMissing(t *testing.T) {
	for name := range commands {
		if slices.Contains(missingCommands, name) {
			t.Errorf("%s is in the table and among the missing", name)
		}
	}
}

// A command that is in no template and in no recorded exchange is a command whose
// answers nothing compares with a real server's.
func TestEveryKnownCommandIsCompared(t *testing.T) {
	compared := make(map[*command]bool)
	for _, template := range templates {
		compared[resolve(commands, bytesOf(strings.Fields(template)...))] = true
	}
	for _, e := range readConversation(t) {
		compared[resolve(commands, bytesOf(e.args...))] = true
	}
	for _, cmd := range commands {
		if cmd.subs == nil && !compared[cmd] {
			t.Errorf("%s is never compared", cmd.name)
		}
		for _, sub := range cmd.subs {
			if !compared[sub] {
				t.Errorf("%s is never compared", sub.name)
			}
		}
	}
}

// What the model leaves out and what it knows are together what a real server
// has.
func TestTableAndMissingAreTheCommandsOfARealServer(t *testing.T) {
	c, err := dialReal(realAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	reply, err := c.do("COMMAND", "LIST")
	if err != nil {
		t.Fatal(err)
	}
	real := make(map[string]bool)
	for line := range strings.SplitSeq(strings.ToLower(reply), "\r\n") {
		if line != "" && line[0] != '*' && line[0] != '$' {
			real[line] = true
		}
	}
	for name, cmd := range commands {
		if !real[name] {
			t.Errorf("a real server does not know %s", name)
		}
		for _, sub := range cmd.missing {
			if !real[name+"|"+sub] {
				t.Errorf("a real server does not know %s %s", name, sub)
			}
		}
		for _, s := range cmd.subs {
			if !real[s.name] {
				t.Errorf("a real server does not know %s", s.name)
			}
		}
	}
	for name := range real {
		main, sub, has := strings.Cut(name, "|")
		cmd := commands[main]
		known := slices.Contains(missingCommands, main) || (cmd != nil && (!has || cmd.subs[sub] != nil || slices.Contains(cmd.missing, sub)))
		if !known {
			t.Errorf("%s is neither in the table nor among the missing", name)
		}
	}
}

// Arity and the flags that rule behaviour are those of a real server.
func TestTableAgreesWithCommandInfo(t *testing.T) {
	c, err := dialReal(realAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	check := func(cmd *command) {
		reply, err := c.do("COMMAND", "INFO", cmd.name)
		if err != nil {
			t.Fatal(err)
		}
		own := reply
		if i := strings.Index(reply[1:], "|"); cmd.subs != nil && i > 0 {
			own = reply[:i]
		}
		if want := fmt.Sprintf("\r\n:%d\r\n", cmd.arity); !strings.Contains(own[:min(len(own), 120)], want) {
			t.Errorf("%s: arity %d is not in %q", cmd.name, cmd.arity, own[:min(len(own), 120)])
		}
		if cmd.subs != nil {
			return
		}
		for name, f := range map[string]trait{"write": write, "denyoom": denyOOM, "noscript": noScript} {
			has := strings.Contains(own, "+"+name+"\r\n")
			if want := cmd.flags&f != 0; has != want && !modelFlag(cmd.name, f) {
				t.Errorf("%s: %s is %v, a real server says %v", cmd.name, name, want, has)
			}
		}
	}
	for _, cmd := range commands {
		check(cmd)
		for _, s := range cmd.subs {
			check(s)
		}
	}
}

// modelFlag: what EVAL writes Redis counts as writes of the commands it calls.
func modelFlag(name string, f trait) bool {
	return f == write && strings.HasPrefix(name, "eval")
}
