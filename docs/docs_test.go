// Package docs_test checks what the documentation claims about the code: that
// what it names exists, that tables it prints are the code's, and that the
// packages depend on each other in the order the architecture gives.
package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/model"
)

const root = ".."

// mayImport lists, low to high, what each part may import of this module, and
// of others outside tests. A part that ends in ... is all that is below.
var mayImport = []struct {
	part    string
	ours    []string
	foreign []string
}{
	{"schedules/internal/hash", nil, nil},
	{"schedules/internal/distinct", []string{"schedules/internal/hash"}, nil},
	{"schedules/internal/hook", nil, nil},
	{"schedules/atomic", []string{"schedules/internal/hook"}, nil},
	{"schedules/sync", []string{"schedules/internal/hook", "schedules/atomic"}, nil},
	{"schedules/runtime", []string{"schedules/internal/hook"}, nil},
	{"schedules/plain", []string{"schedules/internal/hook"}, nil},
	{"buffer", []string{"schedules/atomic", "schedules/sync", "schedules/runtime"}, []string{"golang.org/x/sys"}},
	{"buffer/internal/performance/figures", nil, nil},
	{"buffer/internal/performance/sample", []string{"buffer", "buffer/internal/performance/figures", "schedules", "schedules/sync", "schedules/trace"},
		[]string{"github.com/VictoriaMetrics/fastcache", "github.com/allegro/bigcache/v3", "github.com/coocood/freecache", "github.com/maypok86/otter/v2"}},
	{"buffer/internal/performance", []string{"buffer/internal/performance/figures", "buffer/internal/performance/sample"}, nil},
	{"model", nil, nil},
	{"schedules/quote", nil, nil},
	{"schedules/files", []string{"schedules/quote"}, nil},
	{"schedules/trace", []string{"schedules/files", "schedules/quote"}, nil},
	{"schedules/trace/internal/samples", []string{"schedules", "schedules/trace", "schedules/atomic", "schedules/sync"}, nil},
	{"schedules/replays", []string{"schedules/files"}, nil},
	{"schedules", []string{"schedules/replays", "schedules/internal/distinct", "schedules/internal/hash", "schedules/files", "schedules/quote", "schedules/trace", "schedules/internal/hook", "schedules/atomic", "schedules/sync", "schedules/runtime"}, nil},
	{"schedules/overlay/results", nil, nil},
	{"schedules/overlay/selftest", nil, nil},
	{"schedules/overlay", []string{"schedules", "schedules/files"}, nil},
	{"schedules/overlay/driver", []string{"schedules", "schedules/atomic", "schedules/sync", "schedules/quote", "schedules/internal/hook", "schedules/overlay/results", "schedules/trace"}, nil},
	{"schedules/overlay/std/internal/race", nil, nil},
	{"schedules/overlay/std/runtime", nil, nil},
	{"schedules/overlay/std/sync", nil, nil},
	{"schedules/overlay/std/sync/atomic", nil, nil},
	{"schedules/overlay/std/testing", nil, nil},
	{"linearizability/history", []string{"model", "schedules/files"}, []string{"github.com/anishathalye/porcupine"}},
	{"linearizability/scenario", []string{"model", "buffer", "schedules", "schedules/files", "schedules/quote"}, nil},
	{"linearizability/internal/fuzzed", []string{"model", "linearizability/scenario"}, []string{"pgregory.net/rapid"}},
	{"linearizability/internal/workers", []string{"linearizability/scenario"}, nil},
	{"linearizability", []string{"model", "buffer", "schedules", "schedules/files", "schedules/quote", "schedules/trace", "schedules/atomic", "linearizability/history", "linearizability/scenario", "linearizability/internal/workers"}, nil},
	{"linearizability/cmd/annulus", []string{"schedules/replays", "linearizability", "linearizability/internal/workers", "linearizability/history", "linearizability/scenario", "schedules", "schedules/quote", "schedules/trace", "schedules/overlay", "schedules/overlay/results", "schedules/overlay/selftest"}, nil},
	{"fuzz", []string{"model", "buffer", "schedules", "linearizability", "linearizability/scenario"}, nil},
	{"docs/tutorial/before", nil, nil},
	{"docs/unmodified", nil, nil},
	{"docs/tutorial/swapped", []string{"schedules/atomic", "schedules/sync"}, nil},
	{"docs/tutorial/repaired", []string{"schedules/atomic", "schedules/sync"}, nil},
	{"fuzz/bugs", []string{"schedules", "schedules/atomic", "schedules/sync", "schedules/runtime", "schedules/plain"}, nil},
	{"fuzz/bugs/ordinary/...", nil, nil},
	{"fuzz/internal/workbench", []string{"schedules/files"}, nil},
	{"fuzz/internal/mutation", nil, nil},
	{"fuzz/mutants", []string{"fuzz/internal/mutation", "fuzz/internal/workbench"}, nil},
	{"fuzz/internal/ranking", []string{"linearizability", "schedules/files"}, nil},
	{"fuzz/internal/pairs", []string{"schedules/trace"}, nil},
	{"fuzz/internal/gallery", []string{"fuzz/internal/workbench", "fuzz/mutants", "linearizability", "linearizability/scenario", "schedules"}, nil},
	{"fuzz/internal/hunt", []string{"fuzz/internal/gallery", "fuzz/internal/ranking", "fuzz/internal/workbench", "fuzz/mutants", "linearizability", "linearizability/scenario", "schedules"}, nil},
	{"fuzz/internal/matrix", []string{"fuzz/internal/ranking", "fuzz/internal/workbench", "fuzz/mutants", "linearizability"}, nil},
	{"fuzz/internal/mutate", []string{"fuzz/internal/mutation", "fuzz/internal/ranking", "fuzz/internal/workbench"}, nil},
	{"fuzz/internal/coverage", []string{"buffer", "fuzz/internal/pairs", "fuzz/internal/ranking", "fuzz/internal/workbench", "fuzz/mutants", "linearizability", "linearizability/scenario", "schedules"}, nil},
	{"fuzz/internal/bugbench", []string{"fuzz/bugs", "fuzz/internal/ranking", "fuzz/internal/workbench", "linearizability", "schedules"}, nil},
	{"fuzz/internal/unmodified", []string{"fuzz/bugs", "fuzz/internal/ranking", "fuzz/internal/workbench"}, nil},
	{"fuzz/internal/thirdparty", []string{"fuzz/internal/ranking", "fuzz/internal/unmodified", "fuzz/internal/workbench"}, nil},
	{"fuzz/cmd/lab", []string{"fuzz/internal/bugbench", "fuzz/internal/coverage", "fuzz/internal/hunt", "fuzz/internal/matrix", "fuzz/internal/mutate", "fuzz/internal/thirdparty", "fuzz/internal/unmodified", "fuzz/internal/workbench"}, nil},
}

type source struct {
	path string // from the root, with slashes
	file *ast.File
}

// sources parses every Go file of the repository.
func sources(t *testing.T) (all []source) {
	t.Helper()
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != root && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		all = append(all, source{filepath.ToSlash(rel), file})
		return err
	})
	require.NoError(t, err)
	require.Greater(t, len(all), 50)
	return all
}

func TestPackagesDependInTheOrderOfTheArchitecture(t *testing.T) {
	rules := map[string]int{}
	for i, r := range mayImport {
		rules[r.part] = i
	}
	for _, s := range sources(t) {
		part := path.Dir(s.path)
		if strings.HasSuffix(s.path, "_test.go") || strings.Contains(s.path, "testdata/") {
			continue
		}
		i, known := rules[part]
		for above := path.Dir(part); !known && above != "."; above = path.Dir(above) {
			i, known = rules[above+"/..."]
		}
		require.True(t, known, "%s: package %s is not in the list", s.path, part)
		for _, spec := range s.file.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			if ours, ok := strings.CutPrefix(imported, "annulus/"); ok {
				require.Contains(t, mayImport[i].ours, ours, "%s imports it", s.path)
			} else if first, _, _ := strings.Cut(imported, "/"); strings.Contains(first, ".") {
				require.True(t, slices.ContainsFunc(mayImport[i].foreign, func(m string) bool {
					return strings.HasPrefix(imported, m)
				}), "%s imports %s", s.path, imported)
			}
		}
	}
}

// The top level of the module is what its guide promises.
func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			require.Contains(t, []string{
				"buffer", "docs", "fuzz", "linearizability", "model", "schedules", "go.mod", "go.sum", "tools.mod", "tools.sum",
				"Makefile", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
			}, e.Name())
		}
	}
}

func TestEveryExportedNameHasAComment(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasSuffix(s.path, "_test.go") || strings.Contains(s.path, "testdata/") {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) {
					assert.NotEmpty(t, d.Doc.Text(), "%s: %s", s.path, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					requireComment(t, s.path, d, spec)
				}
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	exported := false
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok && name.IsExported() {
			exported = true
		}
		return true
	})
	return exported
}

func requireComment(t *testing.T, file string, d *ast.GenDecl, spec ast.Spec) {
	t.Helper()
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if spec.Name.IsExported() {
			assert.NotEmpty(t, d.Doc.Text()+spec.Doc.Text(), "%s: %s", file, spec.Name.Name)
		}
	case *ast.ValueSpec:
		if spec.Names[0].IsExported() {
			assert.NotEmpty(t, d.Doc.Text()+spec.Doc.Text()+spec.Comment.Text(), "%s: %s", file, spec.Names[0].Name)
		}
	}
}

// pages returns the text of README and of everything in docs, by path from the
// root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, p := range paths {
			text, err := os.ReadFile(p)
			require.NoError(t, err)
			rel, err := filepath.Rel(root, p)
			require.NoError(t, err)
			found[filepath.ToSlash(rel)] = string(text)
		}
	}
	require.Contains(t, found, "README.md")
	return found
}

func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]+)`)
	for page, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			_, err := os.Stat(filepath.Join(root, path.Dir(page), m[1]))
			require.NoError(t, err, "%s links to %s", page, m[1])
		}
	}
}

func TestTestsThatAreNamedExist(t *testing.T) {
	functions := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				functions[f.Name.Name] = true
			}
		}
	}
	name := regexp.MustCompile("`((?:Test|Example|Benchmark|Fuzz)[A-Z][A-Za-z_]*)`")
	named := map[string]string{}
	for page, text := range pages(t) {
		for _, m := range name.FindAllStringSubmatch(text, -1) {
			named[m[1]] = page
		}
	}
	require.NotEmpty(t, named)
	for _, n := range slices.Sorted(maps.Keys(named)) {
		require.True(t, functions[n], "%s names %s", named[n], n)
	}
}

func TestTheStateTableIsTheModels(t *testing.T) {
	require.Contains(t, pages(t)["docs/specification.md"], model.TransitionTable())
}
