package hunt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"annulus/fuzz/internal/workbench"
	"annulus/fuzz/mutants"
)

// witness is a checker that has to kill mutants which the explorer cannot see: tests of the
// buffer.
type witness struct {
	name  string
	flags []string // of go test, when it is built
	run   []string // arguments of the program

	once   sync.Once
	binary string // built with the mutants that can be chosen
	sound  error  // why its tests do not pass if no mutant is chosen
}

func (w *witness) program() workbench.Program {
	return workbench.Tests(w.name, "./buffer", w.flags...)
}

// newWitnesses returns the witnesses that mutants name.
func newWitnesses() map[mutants.Judge]*witness {
	short := []string{"-test.short", "-test.failfast", "-test.timeout=120s"}
	return map[mutants.Judge]*witness{
		mutants.UnitTests: {name: "buffer.test", run: append(short, "-test.skip=^TestStress")},
		// One run is enough. Each of these mutants was noticed in 50 of 50 runs, with one
		// processor and with two. The stress test makes 60 rounds; in runs with a single
		// round, the mutant that is hardest to notice was noticed in 13 of 60. So one run in
		// 10⁶ misses it.
		mutants.Stress: {name: "race.test", flags: []string{"-race"}, run: append(short, "-test.run=^TestStress")},
	}
}

// askWitness runs the tests of the mutant's witness, which must fail with the mutant, and
// must pass without it.
func (h *hunter) askWitness(ctx context.Context, m mutants.Mutant, f *Finding) error {
	w := h.witnesses[m.Witness]
	w.once.Do(func() { w.sound = h.prepare(ctx, w) })
	if w.sound != nil {
		return w.sound
	}
	dir := filepath.Join(h.dir, m.Name)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	overlay, err := m.WriteOverlay(root, dir)
	if err != nil {
		return err
	}
	binary, chosen := w.binary, m.Name
	if !h.built[m.Name] {
		chosen = ""
		if binary, err = w.program().Build(ctx, dir, overlay); err != nil {
			return fmt.Errorf("does not compile: %w", err)
		}
		defer os.Remove(binary)
	}
	out, err := w.notices(ctx, binary, chosen)
	if err != nil {
		return err
	}
	f.By, f.Scenario = "fails", string(m.Witness)
	if m.Witness == mutants.Stress {
		f.By = "data race"
	}
	f.Message = string(out)
	f.Command = "go test -overlay " + overlay + " " + strings.Join(append(w.flags, "-short ./buffer"), " ")
	f.Report = filepath.Join(dir, "output.txt")
	return os.WriteFile(f.Report, out, 0o666)
}

// notices runs the tests of the witness and returns what they print when they fail, or an
// error if they do not, or not as they should. Which goroutine meets which is chance where
// they run in earnest: what a race has broken may end the process before it is reported. So
// stress tests have several tries.
func (w *witness) notices(ctx context.Context, binary, chosen string) (out []byte, err error) {
	tries := 1
	if w.race() {
		tries = 5
	}
	for range tries {
		var passes bool
		out, passes, err = w.test(ctx, binary, chosen)
		switch {
		case err != nil:
			return out, err
		case passes:
			err = errors.New("SURVIVED")
		case w.race() && !bytes.Contains(out, []byte("WARNING: DATA RACE")):
			err = fmt.Errorf("NOT A RACE: the stress tests fail, and the race detector has nothing to say\n%s", out)
		default:
			return out, nil
		}
	}
	return out, err
}

// race reports whether it is the race detector that has to notice.
func (w *witness) race() bool { return slices.Contains(w.flags, "-race") }

// prepare builds the tests of the witness with the mutants that can be chosen, and returns
// an error if they do not pass when none is chosen.
func (h *hunter) prepare(ctx context.Context, w *witness) (err error) {
	if w.binary, err = w.program().Build(ctx, h.dir, h.overlay); err != nil {
		return fmt.Errorf("does not compile: %w", err)
	}
	out, passes, err := w.test(ctx, w.binary, "")
	if err == nil && !passes {
		err = fmt.Errorf("NOT DUE TO IT: the tests fail in the sound buffer\n%s", out)
	}
	return err
}

// test runs the tests of the witness, built as binary, with the mutant that is chosen.
func (w *witness) test(ctx context.Context, binary, chosen string) (out []byte, passes bool, err error) {
	var text bytes.Buffer
	o, err := workbench.Job{
		Binary: binary, Args: w.run, Dir: "buffer", Env: []string{mutants.Variable + "=" + chosen}, Stdout: &text, Stderr: &text,
	}.Run(ctx)
	return text.Bytes(), o.Status == 0, err
}
