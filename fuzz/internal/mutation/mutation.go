// Package mutation finds every place of a Go file where a general slip can be
// made: a condition that is always true, a statement left out, a number one too
// large. Unlike the slips of annulus/fuzz/mutants nobody has thought of them, so
// that they show what the tests do not look at.
//
// What is changed is a range of bytes of the source, and always so that the
// result should compile: what is replaced stays mentioned, so that no variable
// and no import becomes unused.
package mutation

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// Mutation is one slip at one place.
type Mutation struct {
	File     string   // as given to Find
	Func     string   // the function it is in, as in "Buffer.take", or ""
	Line     int      // of the source as it is
	Operator Operator // what kind of slip
	Text     string   // the source line, trimmed
	Old, New string   // what is replaced, and by what

	from, to int // of the file, in bytes
}

// Alone reports whether the mutation is outside functions, where [Combine] cannot
// put it together with others.
func (m Mutation) Alone() bool { return m.Func == "" }

// Operator is a kind of slip.
type Operator string

// The operators.
const (
	Condition Operator = "condition" // always true, or always false
	Operand   Operator = "operand"   // one side of && or || does not count
	Compare   Operator = "compare"   // the other of < and <=, of > and >=, of == and !=
	Compute   Operator = "compute"   // another arithmetic or bitwise operator
	Number    Operator = "number"    // an integer literal, one more or one less
	Statement Operator = "statement" // left out
	Result    Operator = "result"    // the zero value is returned, or the opposite
)

// Operators lists all.
var Operators = []Operator{Condition, Operand, Compare, Compute, Number, Statement, Result}

// String returns where the mutation is and what it does, in one line.
func (m Mutation) String() string {
	return fmt.Sprintf("%s:%d %s: %s → %s", m.File, m.Line, m.Operator, oneLine(m.Old), oneLine(m.New))
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Apply returns the file's content with the mutation made. source must be what
// Find was given.
func (m Mutation) Apply(source []byte) []byte {
	return slices.Concat(source[:m.from], []byte(m.New), source[m.to:])
}

// Find returns the mutations of a file, by place. It fails if the source is not
// Go.
func Find(name string, source []byte) ([]Mutation, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("mutation: %w", err)
	}
	f := &finder{name: name, source: source, file: files.File(file.Pos()), decided: map[ast.Expr]bool{}}
	for _, d := range file.Decls {
		f.declaration(d)
	}
	slices.SortStableFunc(f.found, func(a, b Mutation) int { return cmp.Compare(a.from, b.from) })
	return f.found, nil
}

// finder collects the mutations of a file.
type finder struct {
	name   string
	source []byte
	file   *token.File
	in     string // function
	found  []Mutation

	decided map[ast.Expr]bool // that are mutated as a whole, or not at all
}

func (f *finder) declaration(d ast.Decl) {
	fn, ok := d.(*ast.FuncDecl)
	if !ok {
		f.in = ""
		f.walk(d, nil)
		return
	}
	f.in = fn.Name.Name
	if fn.Recv != nil {
		f.in = strings.TrimLeft(f.text(fn.Recv.List[0].Type), "*") + "." + f.in
	}
	if fn.Body != nil {
		f.walk(fn.Body, fn.Type)
	}
}

// walk visits what lies in the body of a function of the type; the type is nil
// outside functions.
func (f *finder) walk(n ast.Node, of *ast.FuncType) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			f.walk(n.Body, n.Type)
			return false
		case *ast.ReturnStmt:
			f.results(n, of)
		case *ast.BlockStmt:
			f.statements(n.List)
		case *ast.CaseClause:
			f.statements(n.Body)
		case *ast.SwitchStmt:
			if n.Tag == nil {
				f.cases(n)
			}
		case ast.Expr:
			return f.expression(n)
		case ast.Stmt:
			f.statement(n)
		}
		return true
	})
}

// replace adds a mutation of a node.
func (f *finder) replace(n ast.Node, op Operator, by string) {
	f.add(f.offset(n.Pos()), f.offset(n.End()), op, by)
}

func (f *finder) add(from, to int, op Operator, by string) {
	line := f.file.Line(f.file.Pos(from))
	start := f.offset(f.file.LineStart(line))
	text, _, _ := strings.Cut(string(f.source[start:]), "\n")
	f.found = append(f.found, Mutation{
		File: f.name, Func: f.in, Line: line, Operator: op, Text: strings.TrimSpace(text),
		Old: string(f.source[from:to]), New: by, from: from, to: to,
	})
}

func (f *finder) offset(p token.Pos) int { return f.file.Offset(p) }

// text returns the source of a node.
func (f *finder) text(n ast.Node) string {
	return string(f.source[f.offset(n.Pos()):f.offset(n.End())])
}
