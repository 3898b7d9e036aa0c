package coverage

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// condition is an expression in the source that is true or false: the condition of an if, a
// for or a case, or an operand of && or ||.
type condition struct {
	file string
	line int
	text string

	from, to int // in the file, in bytes
}

// conditions returns the conditions of a file, in the order of their places. Of a && b they
// are a and b, and not the whole, whose value follows from theirs.
func conditions(name string, source []byte) ([]condition, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var list []condition
	known := map[token.Pos]bool{}
	add := func(x ast.Expr) {
		if x == nil || known[x.Pos()] || joins(x) {
			return // its operands are visited by themselves
		}
		known[x.Pos()] = true
		at := files.Position(x.Pos())
		to := files.Position(x.End()).Offset
		list = append(list, condition{name, at.Line, string(source[at.Offset:to]), at.Offset, to})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			add(n.Cond)
		case *ast.ForStmt:
			add(n.Cond)
		case *ast.SwitchStmt:
			for _, c := range n.Body.List {
				for _, x := range c.(*ast.CaseClause).List {
					if n.Tag == nil {
						add(x)
					}
				}
			}
		case *ast.BinaryExpr:
			if joins(n) {
				add(n.X)
				add(n.Y)
			}
		}
		return true
	})
	slices.SortFunc(list, func(a, b condition) int { return cmp.Compare(a.from, b.from) })
	return list, nil
}

// joins reports whether the expression, apart from parentheses, is a && b or a || b.
func joins(x ast.Expr) bool {
	b, ok := ast.Unparen(x).(*ast.BinaryExpr)
	return ok && (b.Op == token.LAND || b.Op == token.LOR)
}

// watched returns the source with every condition passed to a function, together with its
// number; that of the first condition is first.
func watched(source []byte, list []condition, first int) string {
	type insertion struct {
		at   int
		text string
	}
	var all []insertion
	for i, c := range list {
		all = append(all, insertion{c.from, fmt.Sprintf("watchCondition(%d, ", first+i)})
	}
	// An operand may lie within another condition, and then ends first, or with it.
	for i := len(list) - 1; i >= 0; i-- {
		all = append(all, insertion{list[i].to, ")"})
	}
	slices.SortStableFunc(all, func(a, b insertion) int { return cmp.Compare(a.at, b.at) })
	var out strings.Builder
	at := 0
	for _, in := range all {
		out.Write(source[at:in.at])
		out.WriteString(in.text)
		at = in.at
	}
	out.Write(source[at:])
	return out.String()
}
