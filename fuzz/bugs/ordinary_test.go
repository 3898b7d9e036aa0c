package bugs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The packages of the list are those of the module, and each is what the list says.
func TestTheOrdinaryPackagesAreListed(t *testing.T) {
	listed := map[string]bool{}
	for _, o := range AllOrdinary() {
		for _, dir := range o.Tested() {
			assert.False(t, listed[dir], "%s is there twice", dir)
			listed[dir] = true
			assert.Equal(t, o.Correct(), o.Class == 0, o.Name)
			assert.NotEmpty(t, o.About, o.Name)
			doc, imports := packageIn(t, o.Name, dir)
			assert.Contains(t, doc, o.Link, dir)
			for _, i := range imports {
				assert.NotContains(t, i, ".", "%s: it depends on nothing but Go", dir)
				assert.NotContains(t, i, "annulus", dir)
			}
		}
	}
	packages, err := filepath.Glob("ordinary/*/*")
	require.NoError(t, err)
	require.Len(t, packages, len(listed))
	for _, p := range packages {
		assert.True(t, listed[strings.TrimPrefix(filepath.ToSlash(p), "ordinary/")], "%s is not listed", p)
	}
}

// The broken and the fixed package have the same test, and differ otherwise.
func TestFixedPackagesHaveTheTestOfTheBroken(t *testing.T) {
	read := func(path ...string) string {
		content, err := os.ReadFile(filepath.Join(append([]string{"ordinary"}, path...)...))
		require.NoError(t, err)
		return string(content)
	}
	for _, o := range AllOrdinary() {
		if !o.Correct() {
			assert.Equal(t, read(o.Name, "broken", o.Name+"_test.go"), read(o.Name, "fixed", o.Name+"_test.go"))
			assert.NotEqual(t, read(o.Name, "broken", o.Name+".go"), read(o.Name, "fixed", o.Name+".go"))
		}
	}
}

// packageIn returns the documentation of the package and what it imports. It checks that
// it is in one file, and synchronises by what the list says.
func packageIn(t *testing.T, name, dir string) (doc string, imports []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("ordinary", dir, name+".go"), nil, parser.ParseComments)
	require.NoError(t, err)
	assert.Equal(t, name, file.Name.Name)
	for _, i := range file.Imports {
		imports = append(imports, strings.Trim(i.Path.Value, `"`))
	}
	if !strings.HasSuffix(dir, "/fixed") { // which may be repaired by another primitive
		i := slices.IndexFunc(AllOrdinary(), func(o Ordinary) bool { return o.Name == name })
		assert.Equal(t, AllOrdinary()[i].Primitives, primitives(file), dir)
	}
	return file.Doc.Text(), imports
}

// primitives returns what the file synchronises by.
func primitives(file *ast.File) []string {
	names := map[string]string{
		"sync.Mutex": "mutex", "sync.RWMutex": "rwmutex", "sync.Cond": "cond", "sync.NewCond": "cond",
		"sync.Once": "once", "sync.OnceFunc": "once", "sync.WaitGroup": "waitgroup",
	}
	found := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ChanType:
			found["chan"] = true
		case *ast.SelectStmt:
			found["select"] = true
		case *ast.SelectorExpr:
			of, ok := n.X.(*ast.Ident)
			if !ok {
				break
			}
			switch of.Name {
			case "atomic", "context", "time":
				found[of.Name] = true
			case "sync":
				found[names["sync."+n.Sel.Name]] = true
			}
		}
		return true
	})
	return slices.Sorted(maps.Keys(found))
}

// There is nothing that need not be found.
func TestNothingIsPending(t *testing.T) {
	for _, o := range AllOrdinary() {
		assert.Empty(t, o.Pending, o.Name)
	}
}
