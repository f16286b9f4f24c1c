package redismodel

import (
	"math"
	"reflect"
	"strconv"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// What converts the operands of a script has names that no script can spell.
const (
	textName    = "\x00text"
	numberName  = "\x00number"
	moduloName  = "\x00modulo"
	countedName = "\x00counted"
)

// rewrite makes a parsed script convert between numbers and strings as Redis does
// and not as gopher-lua does, which writes other digits and reads Go's numbers, and
// compute % and # as Lua 5.1 does.
func rewrite(node reflect.Value) {
	switch node.Kind() {
	case reflect.Interface, reflect.Pointer:
		if node.IsNil() {
			return
		}
		if n, ok := node.Interface().(*ast.ArithmeticOpExpr); ok && n.Operator == "%" && node.Kind() == reflect.Interface {
			node.Set(reflect.ValueOf(callOf(moduloName, n, n.Lhs, n.Rhs)))
		}
		rewrite(node.Elem())
	case reflect.Slice:
		for i := range node.Len() {
			rewrite(node.Index(i))
		}
	case reflect.Struct:
		for i := range node.NumField() {
			rewrite(node.Field(i))
		}
		if node.CanAddr() && node.Addr().CanInterface() {
			convert(node.Addr().Interface())
		}
	}
}

// convert changes one node, whose parts have been changed.
func convert(node any) {
	switch n := node.(type) {
	case *ast.NumberExpr:
		if f, ok := parseNumber(n.Value); ok {
			n.Value = strconv.FormatFloat(f, 'g', -1, 64)
		}
	case *ast.StringConcatOpExpr:
		n.Lhs, n.Rhs = converted(textName, n.Lhs), converted(textName, n.Rhs)
	case *ast.ArithmeticOpExpr:
		n.Lhs, n.Rhs = converted(numberName, n.Lhs), converted(numberName, n.Rhs)
	case *ast.UnaryMinusOpExpr:
		n.Expr = converted(numberName, n.Expr)
	case *ast.UnaryLenOpExpr:
		n.Expr = callOf(countedName, n.Expr, n.Expr)
	case *ast.NumberForStmt:
		n.Init, n.Limit = converted(numberName, n.Init), converted(numberName, n.Limit)
		if n.Step != nil {
			n.Step = converted(numberName, n.Step)
		}
	}
}

// converted is a call of the function name on what an operand is, where that is
// not known to be of the right type.
func converted(name string, e ast.Expr) ast.Expr {
	switch e.(type) {
	case *ast.StringConcatOpExpr:
		if name == textName {
			return e
		}
	case *ast.ArithmeticOpExpr, *ast.NumberExpr, *ast.UnaryLenOpExpr, *ast.UnaryMinusOpExpr:
		if name == numberName {
			return e
		}
	case *ast.StringExpr:
		if name == textName {
			return e
		}
	}
	return callOf(name, e, e)
}

// callOf is a call of the function name that stands where at does.
func callOf(name string, at ast.Expr, args ...ast.Expr) ast.Expr {
	f := &ast.IdentExpr{Value: name}
	call := &ast.FuncCallExpr{Func: f, Args: args, AdjustRet: true}
	for _, n := range []ast.PositionHolder{f, call} {
		n.SetLine(at.Line())
		n.SetLastLine(at.LastLine())
	}
	return call
}

// modulo is a - floor(a/b)*b, with the rounding of each step.
func modulo(l *lua.LState) int {
	a, b := l.Get(1), l.Get(2)
	x, left := numberOf(a)
	y, right := numberOf(b)
	if left && right {
		l.Push(lua.LNumber(x - float64(math.Floor(x/y)*y)))
		return 1
	}
	for _, v := range []lua.LValue{a, b} {
		if f := l.GetMetaField(v, "__mod"); f != lua.LNil {
			l.Push(f)
			l.Push(a)
			l.Push(b)
			l.Call(2, 1)
			return 1
		}
	}
	if left {
		a = b
	}
	l.RaiseError("attempt to perform arithmetic on a %s value", a.Type())
	return 0
}

// counted is what # is to count: a table that says __len is counted all the same.
func counted(l *lua.LState) int {
	v := l.Get(1)
	t, ok := v.(*lua.LTable)
	if ok && l.GetMetaField(t, "__len") != lua.LNil {
		plain := l.CreateTable(t.Len(), 0)
		for i := 1; i <= t.Len(); i++ {
			plain.RawSetInt(i, t.RawGetInt(i))
		}
		v = plain
	}
	l.Push(v)
	return 1
}

func convertToText(l *lua.LState) int {
	v := l.Get(1)
	if n, ok := v.(lua.LNumber); ok {
		v = lua.LString(formatNumber(float64(n)))
	}
	l.Push(v)
	return 1
}

func convertToNumber(l *lua.LState) int {
	v := l.Get(1)
	if text, ok := v.(lua.LString); ok {
		f, ok := parseNumber(string(text))
		if !ok {
			l.RaiseError("attempt to perform arithmetic on a string value")
		}
		v = lua.LNumber(f)
	}
	l.Push(v)
	return 1
}
