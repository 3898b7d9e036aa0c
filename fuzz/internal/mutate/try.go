package mutate

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"annulus/fuzz/internal/workbench"
)

// group is a set of mutants of one package, and the checkers built with them.
type group struct {
	pkg      string
	mutants  map[int]mutant // by number
	refused  map[int]bool   // those that do not compile, and are not in the binaries
	binaries []string       // of the package's checkers
}

// try runs the checkers on the mutant with the number until one notices it.
func (g *group) try(ctx context.Context, number int) (Outcome, error) {
	s := g.mutants[number]
	f := Outcome{Key: s.key(), Slip: s.String()}
	if g.refused[number] {
		f.Noticed, f.How = notCompiling, refused
		return f, nil
	}
	begun := time.Now()
	for i, c := range checkers[g.pkg] {
		how, err := c.run(ctx, g.binaries[i], number)
		if err != nil {
			return f, err
		}
		if how != "" {
			f.Noticed, f.How = c.name, how
			break
		}
	}
	f.Seconds = time.Since(begun).Seconds()
	return f, nil
}

// sound returns an error unless the checkers pass when no mutant is chosen. Otherwise what
// they notice would mean nothing.
func (g *group) sound(ctx context.Context) error {
	for i, c := range checkers[g.pkg] {
		how, err := c.run(ctx, g.binaries[i], 0)
		if err == nil && how != "" {
			err = fmt.Errorf("without a slip, %s of %s: %s (run in %s: %s %q)", c.name, g.pkg, how, c.dir, g.binaries[i], c.args)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tryAll tries the mutants that have no known outcome.
func tryAll(ctx context.Context, procs int, mutants []mutant, k *outcomes) error {
	for _, pkg := range packages {
		var together, alone []mutant
		for _, s := range mutants {
			switch _, known := k.Get(s.key()); {
			case known || s.pkg != pkg:
			case s.Alone():
				alone = append(alone, s)
			default:
				together = append(together, s)
			}
		}
		if len(together)+len(alone) == 0 {
			continue
		}
		groups := [][]mutant{together} // even an empty group has the checkers tested without a mutant
		for i := range alone {
			groups = append(groups, alone[i:i+1])
		}
		for _, list := range groups {
			if err := tryGroup(ctx, procs, pkg, list, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// tryGroup builds the checkers with the mutants, and runs them on one after the other.
func tryGroup(ctx context.Context, procs int, pkg string, list []mutant, k *outcomes) error {
	g, err := plant(ctx, filepath.Join(directory, pkg), pkg, list)
	if err != nil {
		return err
	}
	// A mutant outside functions is always in effect, so that its checkers cannot be run
	// without it; those of the group before were.
	if len(list) == 0 || !list[0].Alone() {
		if err := g.sound(ctx); err != nil {
			return err
		}
	}
	return workbench.Each(ctx, procs, len(list), func(i int) (Outcome, error) {
		f, err := g.try(ctx, i+1)
		if err == nil {
			err = k.Add(f)
		}
		return f, err
	}, func(int, Outcome) {})
}
