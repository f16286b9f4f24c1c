package redismodel

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

const chunkName = "user_script"

// script is a compiled script. It is shared by all servers of the process:
// what is compiled is immutable and safe for concurrent use.
type script struct {
	sha   string
	proto *lua.FunctionProto
	err   string
}

var compiled sync.Map // SHA1 to *script

func compile(sha, body string) *script {
	if v, ok := compiled.Load(sha); ok {
		return v.(*script)
	}
	sc := &script{sha: sha}
	chunk, err := parse.Parse(strings.NewReader(body), chunkName)
	if err == nil {
		sc.proto, err = lua.Compile(chunk, chunkName)
	}
	if err == nil {
		// A table of the arguments, which a script cannot reach: it has no name here.
		sc.proto.IsVarArg &^= lua.VarArgNeedsArg
	}
	if err != nil {
		sc.err = "ERR Error compiling script (new function): " + complaint(err)
	}
	v, _ := compiled.LoadOrStore(sha, sc)
	return v.(*script)
}

// complaint words an error of gopher-lua's parser as the commonest one of
// PUC-Rio's. Only the line and, mostly, the token agree with a real server.
func complaint(err error) string {
	var e *parse.Error
	if !errors.As(err, &e) {
		return fmt.Sprintf("%s:1: %v", chunkName, err)
	}
	line, token := e.Pos.Line, e.Token
	if line == parse.EOF || token == "" {
		return fmt.Sprintf("%s:1: unexpected symbol near '<eof>'", chunkName)
	}
	return fmt.Sprintf("%s:%d: unexpected symbol near '%s'", chunkName, line, token)
}
