//go:build ignore

// Typecheck type-checks the module with its tests as it is on other systems:
//
//	go run .ci/typecheck.go OS/ARCH...
//
// go vet does that, too, but compiles all of the standard library for each of them,
// which takes ten times as long.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	failed := false
	for _, system := range os.Args[1:] {
		if err := check(system); err != nil {
			fmt.Printf("does not build: %s\n%v\n", system, err)
			failed = true
		} else {
			fmt.Println("builds:", system)
		}
	}
	if failed || len(os.Args) < 2 {
		os.Exit(1)
	}
}

// listed is what go list says of a package.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	ImportMap  map[string]string
	Module     *struct{ Main bool }
	Standard   bool
	Error      *struct{ Err string }
}

func check(system string) error {
	goos, arch, _ := strings.Cut(system, "/")
	cmd := exec.Command("go", "list", "-e", "-deps", "-test", "-json=ImportPath,Dir,GoFiles,ImportMap,Module,Standard,Error", "./...")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+arch, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return err
	}
	c := &checker{
		files: token.NewFileSet(), done: map[string]*types.Package{"unsafe": types.Unsafe},
		sizes: types.SizesFor("gc", arch),
	}
	for lines := json.NewDecoder(out); ; { // what a package imports comes before it
		var p listed
		if err := lines.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		c.check(p)
	}
	return errors.Join(append(c.errs, cmd.Wait())...)
}

// checker has what is known of one system.
type checker struct {
	files *token.FileSet
	sizes types.Sizes
	done  map[string]*types.Package
	errs  []error
}

// check type-checks a package: of ours everything, of others what we may use.
func (c *checker) check(p listed) {
	if p.Error != nil {
		c.errs = append(c.errs, errors.New(p.Error.Err))
		return
	}
	if p.ImportPath == "unsafe" || strings.HasSuffix(p.ImportPath, ".test") {
		return // the main package of a test is generated
	}
	ours := p.Module != nil && p.Module.Main
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(c.files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			c.errs = append(c.errs, err)
			return
		}
		files = append(files, f)
	}
	config := types.Config{
		Importer: c.importer(p.ImportMap), Sizes: c.sizes, IgnoreFuncBodies: !ours, FakeImportC: true,
		Error: func(err error) {
			if ours {
				c.errs = append(c.errs, err)
			}
		},
	}
	path, _, _ := strings.Cut(p.ImportPath, " ") // of a variant for tests
	c.done[p.ImportPath], _ = config.Check(path, c.files, files, nil)
}

// importer finds packages under the names that a package has for them.
func (c *checker) importer(renamed map[string]string) types.Importer {
	return importing(func(path string) (*types.Package, error) {
		if other, ok := renamed[path]; ok {
			path = other
		}
		if p := c.done[path]; p != nil {
			return p, nil
		}
		return nil, fmt.Errorf("package %s is missing", path)
	})
}

type importing func(string) (*types.Package, error)

func (f importing) Import(path string) (*types.Package, error) { return f(path) }
