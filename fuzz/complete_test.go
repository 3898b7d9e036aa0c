package fuzz

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"annulus/buffer"

	"github.com/stretchr/testify/require"
)

// The Machine uses every exported method of what the buffer gives to its callers.
func TestMachineUsesEveryMethod(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks the package")
	}
	used := methodsUsed(t)
	for _, of := range []reflect.Type{
		reflect.TypeFor[*buffer.Buffer](), reflect.TypeFor[buffer.Guard](), reflect.TypeFor[buffer.Handle](), reflect.TypeFor[buffer.Block](),
		reflect.TypeFor[buffer.Tools](),
	} {
		require.Positive(t, of.NumMethod())
		for i := range of.NumMethod() {
			if name := of.Method(i).Name; name == "EachSync" || name == "DescribeWord" {
				continue // for traces, and does nothing to the ring
			}
			name := "(" + strings.Replace(of.String(), "buffer.", "annulus/buffer.", 1) + ")." + of.Method(i).Name
			require.True(t, used[name], name)
		}
	}
}

// methodsUsed returns the methods that this package uses outside of its tests.
func methodsUsed(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	set := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range files {
		if !strings.HasSuffix(name, "_test.go") {
			f, err := parser.ParseFile(set, name, nil, 0)
			require.NoError(t, err)
			parsed = append(parsed, f)
		}
	}
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	_, err = (&types.Config{Importer: importer.ForCompiler(set, "source", nil)}).Check("annulus/fuzz", set, parsed, &info)
	require.NoError(t, err)
	used := map[string]bool{}
	for _, object := range info.Uses {
		if f, ok := object.(*types.Func); ok {
			used[f.FullName()] = true
		}
	}
	return used
}

// make fuzz runs every fuzz target of the module, and docs/fuzzing.md has a row for it.
func TestMakeRunsEveryTarget(t *testing.T) {
	makefile, page := fromFile("../Makefile"), fromFile("../docs/fuzzing.md")
	target := regexp.MustCompile(`(?m)^func (Fuzz\w*)\(f \*testing\.F\)`)
	found := 0
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		for _, match := range target.FindAllStringSubmatch(fromFile(path), -1) {
			dir, err := filepath.Rel("..", filepath.Dir(path))
			require.NoError(t, err)
			require.Regexp(t, `\$\(FUZZ\) '\^`+match[1]+`\$\$' \./`+regexp.QuoteMeta(filepath.ToSlash(dir))+`\n`, makefile)
			require.Contains(t, page, "\n| `"+match[1]+"` |")
			found++
		}
		return nil
	}))
	require.Greater(t, found, 9)
}
