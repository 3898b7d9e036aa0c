package mutants

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"annulus/fuzz/internal/mutation"
	"annulus/fuzz/internal/workbench"
)

// Variable is the environment variable that names the mutant to be, in a program
// that is built with several of them by [WriteTogether]. If it is not set, the
// program is as it would be without any; a name that the program does not know
// makes it panic.
const Variable = "ANNULUS_MUTANT"

// chooser is a file that tells the functions of a package which mutant they are of.
const chooser = `package %s

import (
	"os"
	"slices"
)

var %s = func() int {
	name := os.Getenv(%q)
	number := slices.Index([]string{%s}, name)
	if number < 0 {
		panic("no mutant " + name + " is built in")
	}
	return number
}()
`

// WriteTogether is [Mutant.WriteOverlay] for many mutants at once: what is built with
// the overlay becomes any one of them by the environment variable [Variable]. This
// takes hardly longer than building one. Places in traces are those of the mutant's
// text in what it changes, and of the source everywhere else. Mutants that change more than functions,
// as a type, cannot be chosen: they are left out, and returned as alone. No two
// mutants may have the same name.
func WriteTogether(root, dir string, list []Mutant) (overlay string, alone []Mutant, err error) {
	left := map[int]bool{}
	var merged map[string][]byte
	for again := true; again; { // once more without those that are alone
		again = false
		var out []int
		if merged, out, err = together(root, dir, list, left); err != nil {
			return "", nil, err
		}
		for _, number := range out {
			left[number], again = true, true
		}
	}
	var names strings.Builder
	names.WriteString(strconv.Quote(""))
	for i, m := range list {
		if left[i+1] {
			alone = append(alone, m)
			m.Name = "-" // chosen by nobody
		}
		names.WriteString(", " + strconv.Quote(m.Name))
	}
	for _, file := range slices.Collect(maps.Keys(merged)) {
		pkg := packageClause.FindSubmatch(merged[file])
		merged[path.Dir(file)+"/zz_mutants.go"] = fmt.Appendf(nil, chooser, pkg[1], mutation.Variable, Variable, names.String())
	}
	overlay, err = workbench.WriteOverlay(root, dir, merged)
	return overlay, alone, err
}

var packageClause = regexp.MustCompile(`(?m)^package (\w+)`)

// together returns the files that mutants change, each with all of its versions, and
// the numbers of mutants that cannot be chosen in all files. Those in left are left
// out.
func together(root, dir string, list []Mutant, left map[int]bool) (merged map[string][]byte, alone []int, err error) {
	versions := map[string][]mutation.Version{}
	for i, m := range list {
		if left[i+1] {
			continue
		}
		changed, err := m.Apply(root)
		if err != nil {
			return nil, nil, err
		}
		for file, text := range changed {
			// Traces quote what is there.
			name, err := filepath.Abs(filepath.Join(root, dir, "versions", strconv.Itoa(i+1), filepath.FromSlash(file)))
			if err == nil {
				err = workbench.Write(name, []byte(text))
			}
			if err != nil {
				return nil, nil, err
			}
			versions[file] = append(versions[file], mutation.Version{Number: i + 1, Name: name, Content: []byte(text)})
		}
	}
	if merged, alone, err = mutation.CombineFiles(root, versions); err != nil {
		return nil, nil, fmt.Errorf("mutants: %w", err)
	}
	return merged, alone, nil
}
