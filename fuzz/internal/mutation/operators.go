package mutation

import (
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
)

// always are the texts that make a condition true or false and still mention it.
var always = []string{"(true || (%s))", "(false && (%s))"}

func (f *finder) condition(cond ast.Expr) {
	f.decided[cond] = true
	for _, as := range always {
		f.replace(cond, Condition, fmt.Sprintf(as, f.text(cond)))
	}
}

// cases mutates the conditions of a switch without a tag.
func (f *finder) cases(s *ast.SwitchStmt) {
	for _, c := range s.Body.List {
		for _, cond := range c.(*ast.CaseClause).List {
			f.condition(cond)
		}
	}
}

// statement mutates what belongs to a statement itself.
func (f *finder) statement(n ast.Stmt) {
	switch n := n.(type) {
	case *ast.IfStmt:
		f.condition(n.Cond)
	case *ast.ForStmt:
		if n.Cond != nil {
			f.condition(n.Cond)
		}
	case *ast.AssignStmt:
		if by, ok := assigning[n.Tok]; ok {
			f.token(n.TokPos, n.Tok, Compute, by)
		}
	case *ast.IncDecStmt:
		by := map[token.Token]token.Token{token.INC: token.DEC, token.DEC: token.INC}[n.Tok]
		f.token(n.TokPos, n.Tok, Compute, by)
	}
}

// statements leaves out each of those that can be: an assignment, a call, a
// deferred one, a jump. It is put into a function that is not called, which
// keeps what it names in use.
func (f *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue // what follows needs it
			}
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && f.text(call.Fun) == "panic" {
				f.replace(s, Statement, "_ = func() { "+f.text(s)+" }; panic(nil)")
				continue // another value; without it the function would end elsewhere
			}
		case *ast.BranchStmt:
			if s.Tok == token.BREAK || s.Tok == token.CONTINUE {
				f.replace(s, Statement, "{}")
			}
			continue
		case *ast.IncDecStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SendStmt:
		default:
			continue
		}
		f.replace(s, Statement, "_ = func() { "+f.text(s)+" }")
	}
}

// expression mutates an expression. It reports whether what is in it is to be
// looked at, too.
func (f *finder) expression(n ast.Expr) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		f.binary(n)
	case *ast.BasicLit:
		f.number(n)
	case *ast.ArrayType, *ast.FuncType:
		return false
	}
	return true
}

func (f *finder) binary(n *ast.BinaryExpr) {
	switch n.Op {
	case token.LAND:
		f.replace(n.X, Operand, fmt.Sprintf(always[0], f.text(n.X)))
		f.replace(n.Y, Operand, fmt.Sprintf(always[0], f.text(n.Y)))
	case token.LOR:
		f.replace(n.X, Operand, fmt.Sprintf(always[1], f.text(n.X)))
		f.replace(n.Y, Operand, fmt.Sprintf(always[1], f.text(n.Y)))
	default:
		// A condition that is always true or always false is worse than the opposite.
		if by, ok := comparing[n.Op]; ok && !(f.decided[n] && (n.Op == token.EQL || n.Op == token.NEQ)) {
			f.token(n.OpPos, n.Op, Compare, by)
		}
		if by, ok := computing[n.Op]; ok && !f.isText(n) {
			f.token(n.OpPos, n.Op, Compute, by)
		}
	}
}

// isText reports whether a sum joins texts, as far as the literals in it tell.
func (f *finder) isText(n *ast.BinaryExpr) (is bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		is = is || ok && lit.Kind == token.STRING
		return true
	})
	return is
}

func (f *finder) token(at token.Pos, old token.Token, op Operator, by token.Token) {
	from := f.offset(at)
	f.add(from, from+len(old.String()), op, by.String())
}

var comparing = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.EQL: token.NEQ, token.NEQ: token.EQL,
}

var computing = map[token.Token]token.Token{
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
	token.AND: token.OR, token.OR: token.AND, token.XOR: token.OR, token.AND_NOT: token.AND,
	token.SHL: token.SHR, token.SHR: token.SHL,
}

var assigning = map[token.Token]token.Token{
	token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN,
	token.MUL_ASSIGN: token.QUO_ASSIGN, token.QUO_ASSIGN: token.MUL_ASSIGN,
	token.AND_ASSIGN: token.OR_ASSIGN, token.OR_ASSIGN: token.AND_ASSIGN,
}

func (f *finder) number(n *ast.BasicLit) {
	if n.Kind != token.INT || f.decided[n] {
		return
	}
	value, err := strconv.ParseUint(n.Value, 0, 64)
	if err != nil {
		return
	}
	f.replace(n, Number, strconv.FormatUint(value+1, 10))
	if value > 0 {
		f.replace(n, Number, strconv.FormatUint(value-1, 10))
	}
}

// results makes each result of a return statement, by itself, the zero value of
// its type; a boolean one, the opposite. What is returned together with an error
// is left alone: nothing is promised of it.
func (f *finder) results(n *ast.ReturnStmt, of *ast.FuncType) {
	var types []string
	if of.Results != nil {
		for _, field := range of.Results.List {
			for range max(1, len(field.Names)) {
				types = append(types, f.text(field.Type))
			}
		}
	}
	if len(n.Results) != len(types) {
		return // they are those of a call, or named
	}
	last := len(types) - 1
	failing := last > 0 && types[last] == "error" && f.text(n.Results[last]) != "nil"
	for i, x := range n.Results {
		switch text := f.text(x); {
		case failing && i < last:
			f.decided[x] = true
		case text == "nil" || text == "0" || text == types[i]+"{}":
		case types[i] == "bool":
			f.replace(x, Result, "!("+text+")")
		default:
			f.replace(x, Result, fmt.Sprintf("func(%s) %[1]s { return *new(%[1]s) }(%s)", types[i], text))
		}
	}
}
