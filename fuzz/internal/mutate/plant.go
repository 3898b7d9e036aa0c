package mutate

import (
	"context"
	"fmt"
	"maps"
	"path"
	"regexp"
	"strconv"

	"annulus/fuzz/internal/mutation"
	"annulus/fuzz/internal/workbench"
)

// chosen is the environment variable that chooses a mutant by its number.
const chosen = "ANNULUS_MUTATION"

// chooser is the source of the file that reads it.
const chooser = `package %s

import (
	"os"
	"strconv"
)

var %s, _ = strconv.Atoi(os.Getenv(%q))
`

// plant builds the checkers of a package with mutants of it. A mutant outside functions must
// be the only one of the list.
func plant(ctx context.Context, dir, pkg string, list []mutant) (*group, error) {
	g := &group{pkg: pkg, mutants: map[int]mutant{}, refused: map[int]bool{}}
	for i, s := range list {
		g.mutants[i+1] = s
	}
	for {
		changed, err := g.changed()
		if err != nil {
			return nil, err
		}
		overlay, err := workbench.WriteOverlay(".", dir, changed)
		if err != nil {
			return nil, err
		}
		err = workbench.Go(ctx, nil, "build", "-gcflags=-e", "-overlay", overlay, "./"+pkg)
		switch {
		case err == nil:
			return g, g.build(ctx, dir, overlay)
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case g.refuse(err.Error()) == 0:
			return nil, err
		}
	}
}

// changed returns the package's files with the mutants that are not known not to compile.
func (g *group) changed() (map[string][]byte, error) {
	changed := map[string][]byte{}
	versions := map[string][]mutation.Version{}
	for number := 1; number <= len(g.mutants); number++ {
		switch s := g.mutants[number]; {
		case g.refused[number]:
		case s.Alone():
			changed[s.File] = s.content
		default:
			versions[s.File] = append(versions[s.File], mutation.Version{
				Number: number, Name: fmt.Sprintf("slip%d/%s", number, path.Base(s.File)), Content: s.content,
			})
		}
	}
	together, alone, err := mutation.CombineFiles(".", versions)
	if err == nil && len(alone) > 0 {
		err = fmt.Errorf("slips %v of %s cannot be put together with others", alone, g.pkg)
	}
	if err != nil {
		return nil, err
	}
	maps.Copy(changed, together)
	changed[g.pkg+"/zz_mutation.go"] = fmt.Appendf(nil, chooser, g.pkg, mutation.Variable, chosen)
	return changed, nil
}

// compilerPlace matches a compiler's error about a line of a mutant. Its group is the
// mutant's number, if it was built together with others.
var compilerPlace = regexp.MustCompile(`(?m)^\S*?(?:slip(\d+)[/\\])?[^/\\:\s]+\.go:\d+:`)

// refuse notes the mutants that a compiler's output has errors about, and returns how many
// are new.
func (g *group) refuse(output string) (n int) {
	for _, m := range compilerPlace.FindAllStringSubmatch(output, -1) {
		if number, err := strconv.Atoi(m[1]); err == nil && !g.refused[number] {
			g.refused[number] = true
			n++
		}
	}
	if n == 0 && len(g.mutants) == 1 && len(g.refused) == 0 { // it is alone
		g.refused[1] = compilerPlace.MatchString(output)
		return len(g.refused)
	}
	return n
}

// build builds the checkers with the overlay.
func (g *group) build(ctx context.Context, dir, overlay string) error {
	for _, c := range checkers[g.pkg] {
		binary, err := c.program.Build(ctx, dir, overlay)
		if err != nil {
			return err
		}
		g.binaries = append(g.binaries, binary)
	}
	return nil
}
