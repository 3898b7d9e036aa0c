package mutate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/build"
	"os"
	"path"
	"path/filepath"
	"strings"

	"annulus/fuzz/internal/mutation"
)

// packages are the packages that mutants are made of.
var packages = []string{"buffer", "model"}

// mutant is a mutation, together with the content of the file it makes.
type mutant struct {
	mutation.Mutation
	pkg     string
	content []byte
}

// key returns the mutant's key in the file of outcomes: a hash of the changed file, so that
// it changes when anything else in the file does.
func (s mutant) key() string {
	sum := sha256.Sum256(append([]byte(s.File+"\x00"), s.content...))
	return hex.EncodeToString(sum[:12])
}

// find returns the mutants for whose printed lines match returns true, in the order of their
// places. Files that are not built on this system are left out.
func find(root string, match func(line string) bool) ([]mutant, error) {
	var all []mutant
	for _, pkg := range packages {
		p, err := build.ImportDir(filepath.Join(root, pkg), 0)
		if err != nil {
			return nil, fmt.Errorf("must be run in the root of the module: %w", err)
		}
		for _, name := range p.GoFiles {
			list, err := inFile(root, path.Join(pkg, name))
			if err != nil {
				return nil, err
			}
			for _, s := range list {
				if match(s.String()) {
					all = append(all, s)
				}
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no slip matches; -list prints them")
	}
	return all, nil
}

func inFile(root, file string) ([]mutant, error) {
	source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	if err != nil {
		return nil, err
	}
	mutations, err := mutation.Find(file, source)
	if err != nil {
		return nil, err
	}
	pkg, _, _ := strings.Cut(file, "/")
	var list []mutant
	for _, m := range mutations {
		list = append(list, mutant{Mutation: m, pkg: pkg, content: m.Apply(source)})
	}
	return list, nil
}
