package mutation

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Version is another text of a file, chosen by its number, which is positive.
type Version struct {
	Number  int
	Name    string // of the file, in what the compiler and traces say about places in it
	Content []byte
}

// Variable is the name of the package variable that chooses among the versions
// that [Combine] has put together: 0 stands for none of them.
const Variable = "mutationMade"

// Combine returns one text of a file for all of its versions, which saves building
// the tests for each: every function that some of them change begins with a switch
// over [Variable], with a body for each.
//
// What differs outside the bodies of functions cannot be chosen: a type, a variable,
// a signature. The numbers of versions in which something does are returned as
// alone, and those versions are left out. Additional functions and imports are taken
// over.
//
// Places stay what they are: what is line 12 of a version is line 12 of its name, and
// the rest is in its line of the name of the source.
func Combine(name string, source []byte, versions []Version) (content []byte, alone []int, err error) {
	original, err := parse(name, source)
	if err != nil {
		return nil, nil, err
	}
	c := combination{original: original, bodies: map[string][]body{}, added: map[string]body{}}
	for _, v := range versions {
		changed, err := parse(v.Name, v.Content)
		if err != nil {
			return nil, nil, err
		}
		if !c.take(changed, v.Number) {
			alone = append(alone, v.Number)
		}
	}
	return c.text(), alone, nil
}

// CombineFiles is [Combine] for files of the module whose root is given, by their paths
// from there with slashes.
func CombineFiles(root string, versions map[string][]Version) (contents map[string][]byte, alone []int, err error) {
	contents = map[string][]byte{}
	for file, list := range versions {
		name, err := filepath.Abs(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			return nil, nil, err
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, err
		}
		content, out, err := Combine(name, source, list)
		if err != nil {
			return nil, nil, err
		}
		contents[file] = content
		alone = append(alone, out...)
	}
	return contents, alone, nil
}

// parsed is a file, taken apart.
type parsed struct {
	name    string
	source  string
	files   *token.FileSet
	syntax  *ast.File
	imports []string // the text of each
	rest    []string // the text of all other declarations but functions
	funcs   map[string]*ast.FuncDecl
	order   []string // keys of funcs
}

func parse(name string, source []byte) (*parsed, error) {
	p := &parsed{name: name, source: string(source), files: token.NewFileSet(), funcs: map[string]*ast.FuncDecl{}}
	var err error
	if p.syntax, err = parser.ParseFile(p.files, name, source, parser.SkipObjectResolution); err != nil {
		return nil, fmt.Errorf("mutation: %w", err)
	}
	for _, spec := range p.syntax.Imports {
		p.imports = append(p.imports, p.text(spec.Pos(), spec.End()))
	}
	for _, d := range p.syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			key := d.Name.Name
			if d.Recv != nil {
				key = p.text(d.Recv.List[0].Type.Pos(), d.Recv.List[0].Type.End()) + "." + key
			}
			for p.funcs[key] != nil {
				key += "'" // init, or _
			}
			p.funcs[key] = d
			p.order = append(p.order, key)
		case *ast.GenDecl:
			if d.Tok != token.IMPORT {
				p.rest = append(p.rest, p.text(d.Pos(), d.End()))
			}
		}
	}
	return p, nil
}

func (p *parsed) offset(at token.Pos) int { return p.files.Position(at).Offset }

func (p *parsed) text(from, to token.Pos) string { return p.source[p.offset(from):p.offset(to)] }

// place is a directive that says where in the file what follows in the next line
// stands: in the line of at.
func (p *parsed) place(at token.Pos) string {
	return fmt.Sprintf("\n//line %s:%d\n", p.name, p.files.Position(at).Line)
}

// combination is a file and what versions have in place of its functions.
type combination struct {
	original *parsed
	bodies   map[string][]body // by function
	added    map[string]body   // functions that the file does not have
	imports  []string          // that it does not have
}

// body is a function, or the body of one, in a version.
type body struct {
	number int
	text   string
	place  string
}

// take adds a version, and reports whether it can be chosen.
func (c *combination) take(v *parsed, number int) bool {
	if !slices.Equal(v.rest, c.original.rest) {
		return false
	}
	bodies, added := map[string]body{}, map[string]body{}
	for key, f := range v.funcs {
		whole := body{number, v.text(f.Pos(), f.End()), v.place(f.Pos())}
		old := c.original.funcs[key]
		switch before, twice := c.added[key]; {
		case old == nil && twice && before.text != whole.text:
			return false
		case old == nil:
			added[key] = whole
		case whole.text == c.original.text(old.Pos(), old.End()):
		case v.text(f.Pos(), f.Type.End()) != c.original.text(old.Pos(), old.Type.End()) || f.Body == nil || labelled(f.Body):
			return false
		default:
			bodies[key] = body{number, v.text(f.Body.Lbrace+1, f.Body.Rbrace), v.place(f.Body.Lbrace)}
		}
	}
	for key, b := range bodies {
		c.bodies[key] = append(c.bodies[key], b)
	}
	maps.Copy(c.added, added)
	for _, i := range v.imports {
		if !slices.Contains(c.original.imports, i) && !slices.Contains(c.imports, i) {
			c.imports = append(c.imports, i)
		}
	}
	return true
}

// labelled reports whether a body has labels, which may be there only once in a
// function.
func labelled(b *ast.BlockStmt) (has bool) {
	ast.Inspect(b, func(n ast.Node) bool {
		_, is := n.(*ast.LabeledStmt)
		has = has || is
		return !has
	})
	return has
}

func (c *combination) text() []byte {
	var out bytes.Buffer
	p := c.original
	at := p.syntax.Name.End()
	out.WriteString(p.source[:p.offset(at)])
	for _, i := range c.imports {
		out.WriteString("; import " + i)
	}
	for _, key := range p.order {
		if list := c.bodies[key]; list != nil {
			f := p.funcs[key]
			out.WriteString(p.text(at, f.Body.Lbrace+1) + " switch " + Variable + " {\n")
			for _, b := range list {
				fmt.Fprintf(&out, "case %d:%s%s\n", b.number, b.place, b.text)
				if f.Type.Results == nil {
					out.WriteString("return\n")
				}
			}
			out.WriteString("}" + p.place(f.Body.Lbrace))
			at = f.Body.Lbrace + 1
		}
	}
	out.WriteString(p.source[p.offset(at):])
	for _, key := range slices.Sorted(maps.Keys(c.added)) {
		out.WriteString(c.added[key].place + c.added[key].text)
	}
	out.WriteString("\n")
	return out.Bytes()
}
