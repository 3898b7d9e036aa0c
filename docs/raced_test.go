package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The table of docs/coverage.md has every exported method of what a user of the buffer
// holds, and the stress test that it names calls it: by itself, or by what it calls. What
// no stress test can call the table gives a reason for.
func TestEveryMethodIsRaced(t *testing.T) {
	buffer := checked(t, "buffer", func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
	tests := checked(t, "buffer_test", func(name string) bool { return strings.HasSuffix(name, "_test.go") }, buffer.pkg)

	page, err := os.ReadFile("coverage.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(page), "<!-- raced: checked by a test -->\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	rows := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z][A-Za-z.]*)` \\| (.+?) \\|$").FindAllStringSubmatch(table, -1) {
		require.Empty(t, rows[row[1]], "%s is there twice", row[1])
		rows[row[1]] = row[2]
	}
	calls := map[string][]string{}
	for _, holder := range []string{"Buffer", "Worker", "Guard", "Handle", "Block", "Tools"} {
		methods := types.NewMethodSet(types.NewPointer(buffer.pkg.Scope().Lookup(holder).Type()))
		for method := range methods.Methods() {
			f := method.Obj()
			if !f.Exported() {
				continue
			}
			name := holder + "." + f.Name()
			by := rows[name]
			delete(rows, name)
			require.NotEmpty(t, by, "%s is not in the table", name)
			if test, ok := strings.CutPrefix(strings.Trim(by, "`"), "TestStress"); ok {
				test = "TestStress" + test
				if calls[test] == nil {
					calls[test] = tests.calls(t, test)
				}
				require.Contains(t, calls[test], name, "%s does not call it", test)
			} else {
				require.Regexp(t, "^not: .{20,}", by, name)
			}
		}
	}
	require.Empty(t, rows, "no such methods")
}

// checkedPackage is a package with the types of its expressions, as far as they follow
// from the buffer: other packages are not looked at.
type checkedPackage struct {
	pkg   *types.Package
	info  types.Info
	funcs map[types.Object]*ast.FuncDecl
}

func checked(t *testing.T, name string, of func(file string) bool, imports ...*types.Package) checkedPackage {
	t.Helper()
	files := token.NewFileSet()
	dir := filepath.Join(root, "buffer")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var syntax []*ast.File
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || !of(e.Name()) {
			continue
		}
		f, err := parser.ParseFile(files, filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		if f.Name.Name == name {
			syntax = append(syntax, f)
		}
	}
	c := checkedPackage{info: types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}, funcs: map[types.Object]*ast.FuncDecl{}}
	config := types.Config{Importer: only(imports), Error: func(error) {}} // the imports that are missing
	c.pkg, _ = config.Check(name, files, syntax, &c.info)
	for _, f := range syntax {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				c.funcs[c.info.Defs[d.Name]] = d
			}
		}
	}
	return c
}

// only imports these packages.
type only []*types.Package

func (o only) Import(path string) (*types.Package, error) {
	if i := slices.IndexFunc(o, func(p *types.Package) bool { return "annulus/"+p.Path() == path }); i >= 0 {
		return o[i], nil
	}
	return nil, fs.ErrNotExist
}

// calls returns the methods of the buffer that a test names, or a function that it names,
// and so on.
func (c checkedPackage) calls(t *testing.T, test string) (methods []string) {
	t.Helper()
	begin := c.pkg.Scope().Lookup(test)
	require.NotNil(t, begin, "there is no %s", test)
	seen := map[types.Object]bool{}
	var visit func(types.Object)
	visit = func(o types.Object) {
		if seen[o] {
			return
		}
		seen[o] = true
		f, ok := o.(*types.Func)
		if !ok {
			return
		}
		if f.Pkg() != c.pkg {
			if recv := f.Signature().Recv(); recv != nil && f.Pkg() != nil && f.Pkg().Path() == "buffer" {
				name := types.TypeString(recv.Type(), func(*types.Package) string { return "" })
				methods = append(methods, strings.TrimPrefix(name, "*")+"."+f.Name())
			}
			return
		}
		ast.Inspect(c.funcs[o], func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && c.info.Uses[id] != nil {
				visit(c.info.Uses[id])
			}
			return true
		})
	}
	visit(begin)
	return methods
}
