package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"annulus/fuzz/mutants"
)

// witness is a judge that has to notice mutants which the explorer cannot see: tests of
// the buffer.
type witness struct {
	name  string   // of its program
	build []string // arguments of go test, but for -c, -o and -overlay
	run   []string // arguments of the program

	once    sync.Once
	program string // built with the mutants that can be chosen
	sound   error  // why its tests do not pass if none is
}

// newWitnesses returns the judges that mutants name.
func newWitnesses() map[mutants.Judge]*witness {
	short := []string{"-test.short", "-test.failfast", "-test.timeout=120s"}
	return map[mutants.Judge]*witness{
		mutants.UnitTests: {name: "buffer.test", run: append(short, "-test.skip=^TestStress")},
		// One run is enough. Each of these mutants was noticed in 50 of 50, with one
		// processor and with two; the one that shows most rarely, in 13 of 60 that had a
		// single round of the 60 that the stress test makes. So one run in 10⁶ misses it.
		mutants.Stress: {name: "race.test", build: []string{"-race"}, run: append(short, "-test.run=^TestStress")},
	}
}

// testify has the mutant's witness look at it, which must fail. Its tests must pass
// without the mutant.
func (h *hunter) testify(ctx context.Context, m mutants.Mutant, f *Finding) error {
	w := h.witnesses[m.Witness]
	w.once.Do(func() { w.sound = h.prepare(ctx, w) })
	if w.sound != nil {
		return w.sound
	}
	dir := filepath.Join(h.dir, m.Name)
	if err := os.RemoveAll(filepath.Join(h.root, dir)); err != nil {
		return err
	}
	overlay, err := m.WriteOverlay(h.root, dir)
	if err != nil {
		return err
	}
	program, chosen := w.program, m.Name
	if !h.built[m.Name] {
		chosen = ""
		if program, err = h.buildTests(ctx, w, dir, overlay); err != nil {
			return err
		}
		defer os.Remove(program)
	}
	out, err := h.test(ctx, w, program, chosen)
	switch exit := (*exec.ExitError)(nil); {
	case err == nil:
		return errors.New("SURVIVED")
	case !errors.As(err, &exit):
		return err
	case m.Witness == mutants.Stress && !bytes.Contains(out, []byte("WARNING: DATA RACE")):
		return fmt.Errorf("NOT A RACE: the stress tests fail, and the race detector has nothing to say\n%s", out)
	}
	f.By, f.Scenario = "fails", string(m.Witness)
	if m.Witness == mutants.Stress {
		f.By = "data race"
	}
	f.Message = string(out)
	f.Command = "go test -overlay " + overlay + " " + strings.Join(append(w.build, "-short ./buffer"), " ")
	f.Report = filepath.Join(dir, "output.txt")
	return os.WriteFile(filepath.Join(h.root, f.Report), out, 0o666)
}

// prepare builds the tests of the witness with the mutants that can be chosen, and
// returns an error if they do not pass where none is.
func (h *hunter) prepare(ctx context.Context, w *witness) (err error) {
	if w.program, err = h.buildTests(ctx, w, h.dir, h.overlay); err != nil {
		return err
	}
	out, err := h.test(ctx, w, w.program, "")
	if errors.As(err, new(*exec.ExitError)) {
		return fmt.Errorf("NOT DUE TO IT: the tests fail in the sound buffer: %w\n%s", err, out)
	}
	return err
}

// buildTests builds the tests of the witness, with an overlay if there is one, in the
// directory, and returns the program's absolute path.
func (h *hunter) buildTests(ctx context.Context, w *witness, dir, overlay string) (string, error) {
	program, err := filepath.Abs(filepath.Join(h.root, dir, w.name))
	if err != nil {
		return "", err
	}
	args := append([]string{"test", "-c", "-vet=off", "-o", program, "-overlay=" + overlay}, w.build...)
	build := h.command(ctx, "go", append(args, "./buffer")...)
	build.Env = os.Environ()
	if len(w.build) > 0 {
		build.Env = append(build.Env, "CGO_ENABLED=1") // the race detector needs it, and a C compiler
	}
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("does not compile: %w\n%s", err, out)
	}
	return program, nil
}

// test runs the program of the witness with the mutant that is chosen. Its error is an
// [exec.ExitError] if the tests fail.
func (h *hunter) test(ctx context.Context, w *witness, program, chosen string) ([]byte, error) {
	cmd := h.command(ctx, program, w.run...)
	cmd.Dir = filepath.Join(h.root, "buffer")
	cmd.Env = append(os.Environ(), mutants.Variable+"="+chosen)
	return cmd.CombinedOutput()
}
