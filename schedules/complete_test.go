package schedules_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whatever the standard packages export, the drop-ins export with the same
// signature: functions, types, methods, fields.
func TestDropInsAreComplete(t *testing.T) {
	for _, pkg := range []struct{ std, ours string }{{"sync", "sync"}, {"sync/atomic", "atomic"}} {
		standard, err := build.Import(pkg.std, "", 0)
		if err != nil || len(standard.GoFiles) == 0 {
			t.Skipf("the standard library's sources are not here: %v", err)
		}
		ours, err := build.ImportDir(pkg.ours, 0)
		if err != nil {
			t.Fatal(err)
		}
		want, got := exported(t, standard), exported(t, ours)
		if len(want) < 20 {
			t.Errorf("%s: only %d exported names were found", pkg.std, len(want))
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			switch signature, ok := got[name]; {
			case !ok:
				t.Errorf("%s: %s is missing, %s", pkg.std, name, want[name])
			case signature != want[name] && signature != "= sync."+name: // an alias
				t.Errorf("%s: %s is %s, the standard one is %s", pkg.std, name, signature, want[name])
			}
		}
		for name := range got {
			if _, ok := want[name]; !ok {
				t.Errorf("%s: %s does not exist in the standard package", pkg.ours, name)
			}
		}
	}
}

// exported returns the exported names of a package with their signatures, without
// the names of parameters. Methods and fields follow the name of their type.
func exported(t *testing.T, pkg *build.Package) map[string]string {
	t.Helper()
	names := map[string]string{}
	for _, name := range pkg.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				addFunc(names, d)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					addSpec(names, spec)
				}
			}
		}
	}
	return names
}

func addFunc(names map[string]string, d *ast.FuncDecl) {
	name := d.Name.Name
	if d.Recv != nil {
		base, _, _ := strings.Cut(strings.TrimPrefix(text(d.Recv.List[0].Type), "*"), "[")
		if !ast.IsExported(base) {
			return
		}
		name = base + "." + name
	}
	if d.Name.IsExported() {
		names[name] = signature(d.Type)
	}
}

func addSpec(names map[string]string, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if !spec.Name.IsExported() {
			return
		}
		name := spec.Name.Name
		names[name] = "type" + parameters(spec.TypeParams)
		if spec.Assign.IsValid() {
			names[name] = "= " + text(spec.Type)
		}
		if s, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range s.Fields.List {
				for _, field := range f.Names {
					if field.IsExported() {
						names[name+"."+field.Name] = text(f.Type)
					}
				}
			}
		}
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			if name.IsExported() {
				names[name.Name] = "value"
			}
		}
	}
}

// signature is the type of a function without the names of its parameters.
func signature(f *ast.FuncType) string {
	return "func" + parameters(f.TypeParams) + parameters(f.Params) + parameters(f.Results)
}

func parameters(list *ast.FieldList) string {
	var types []string
	for i := 0; list != nil && i < len(list.List); i++ {
		f := list.List[i]
		for range max(1, len(f.Names)) {
			types = append(types, text(f.Type))
		}
	}
	return "(" + strings.Join(types, ", ") + ")"
}

func text(node ast.Node) string {
	var b strings.Builder
	printer.Fprint(&b, token.NewFileSet(), node) // a strings.Builder takes everything
	return b.String()
}
