package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"annulus/fuzz/mutants"
	"annulus/linearizability"
)

// asker builds judges with mutants and runs them.
type asker struct {
	options
	kept *kept
	dir  string          // of the mutant
	made map[string]bool // programs that have been built with it
}

// program is something that judges run.
type program struct {
	name string
	args []string // of go, but for -o and -overlay
	cgo  bool
}

var (
	ownTests  = program{"buffer.test", []string{"test", "-c", "-vet=off", "./buffer"}, false}
	raceTests = program{"race.test", []string{"test", "-c", "-vet=off", "-race", "./buffer"}, true}
	fuzzTests = program{"fuzz.test", []string{"test", "-c", "-vet=off", "./fuzz"}, false}
	// -fuzz has the code instrumented, for the engine to see what is covered.
	fuzzing  = program{"engine.test", []string{"test", "-c", "-vet=off", "-fuzz=Fuzz", "./fuzz"}, false}
	verifier = program{"annulus", []string{"build", "./linearizability/cmd/annulus"}, false}
	// The same, with what deaf leaves of it.
	partial = program{"partial", []string{"build", "./linearizability/cmd/annulus"}, false}
)

// deaf takes the judge of histories out of the verifier.
var deaf = mutants.Edit{
	File: "linearizability/driver.go",
	Old:  "	v := j.of(&d.hist)\n",
	New:  "	var v history.Judgement\n",
}

// testRun is how a judge other than the explorer is run.
type testRun struct {
	program
	in   string // directory
	args []string
}

// patience bounds a test; then it counts as not ending, which is noticing.
const patience = "60s"

// The seed is for judges that take one.
func (a *asker) test(j mutants.Judge, n int) testRun {
	seed := "-rapid.seed=" + strconv.Itoa(n)
	test := func(p program, in, pattern string, more ...string) testRun {
		return testRun{p, in, append([]string{"-test.failfast", "-test.timeout=" + patience, "-test.run=" + pattern}, more...)}
	}
	engine := func(target string) testRun {
		return test(fuzzing, "fuzz", "^$", "-test.fuzz=^"+target+"$", "-test.fuzztime="+a.fuzzing.String(), "-test.fuzzminimizetime=1x",
			"-test.parallel=1", "-test.fuzzcachedir="+absolute(filepath.Join(a.dir, "cache")))
	}
	switch j {
	case mutants.UnitTests:
		return test(ownTests, "buffer", "")
	case mutants.StateMachine:
		return test(fuzzTests, "fuzz", "^TestStateMachine$", seed)
	case mutants.Programs:
		return test(fuzzTests, "fuzz", "^TestConcurrentPrograms$", seed)
	case mutants.Corpus:
		return test(fuzzTests, "fuzz", "^FuzzSequential$")
	case mutants.ScheduleCorpus:
		return test(fuzzTests, "fuzz", "^FuzzSchedule$")
	case mutants.Sequential:
		return engine("FuzzSequential")
	case mutants.Schedule:
		return engine("FuzzSchedule")
	case mutants.Stress:
		return test(raceTests, "buffer", "^TestStress", "-test.short", "-test.count=5")
	}
	panic("no such judge: " + string(j))
}

// absolute is for programs that run in another directory.
func absolute(path string) string {
	whole, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return whole
}

// seeds is the judge whose seeds an engine starts from: what they notice the
// engine does, too, before it mutates anything. FuzzSchedule has none: see workshop.
var seeds = map[mutants.Judge]mutants.Judge{mutants.Sequential: mutants.Corpus}

// sound makes sure that all judges pass the buffer as it is: else what they notice
// means nothing.
func (a *asker) sound(ctx context.Context) error {
	r, err := a.ask(ctx, mutants.Mutant{Name: "none"})
	if err != nil {
		return err
	}
	for j, answer := range r.answers {
		if answer.Noticed {
			return fmt.Errorf("%s notices something without a mutant: %s", j, answer.How)
		}
	}
	return nil
}

// ask returns the answers of all judges about a mutant.
func (a *asker) ask(ctx context.Context, m mutants.Mutant) (row, error) {
	r := row{m, map[mutants.Judge]Answer{}}
	a.dir, a.made = filepath.Join(directory, m.Name), map[string]bool{}
	defer os.RemoveAll(a.dir)
	for _, j := range mutants.Judges {
		answer, known := a.kept.of(m, j)
		if !known {
			var err error
			if answer, err = a.askOne(ctx, m, j, r); err != nil {
				return r, fmt.Errorf("%s about %s: %w", j, m.Name, err)
			}
			if ctx.Err() != nil {
				return r, ctx.Err()
			}
			if err := a.kept.add(answer); err != nil {
				return r, err
			}
		}
		r.answers[j] = answer
	}
	return r, nil
}

func (a *asker) askOne(ctx context.Context, m mutants.Mutant, j mutants.Judge, r row) (Answer, error) {
	answer := Answer{Mutant: m.Name, Judge: j}
	if of := r.answers[seeds[j]]; of.Noticed {
		answer.Noticed, answer.How, answer.Seconds = true, "its seeds", of.Seconds
		return answer, nil
	}
	switch j {
	case mutants.Explorer:
		return answer, a.explore(ctx, m, verifier, &answer)
	case mutants.Invariants:
		m.Edits = append(slices.Clip(m.Edits), deaf)
		return answer, a.explore(ctx, m, partial, &answer)
	}
	if !j.Random() {
		return answer, a.run(ctx, m, a.test(j, 1), &answer)
	}
	var missed, found []Answer
	for n := 1; n <= a.runs && ctx.Err() == nil; n++ {
		once := Answer{}
		if err := a.run(ctx, m, a.test(j, n), &once); err != nil {
			return answer, err
		}
		if once.Noticed {
			found = append(found, once)
		} else {
			missed = append(missed, once)
		}
	}
	of := missed
	if len(found) > 0 {
		of = found
	}
	once := median(of)
	answer.Noticed, answer.How, answer.Seconds = once.Noticed, once.How, once.Seconds
	answer.Runs, answer.Found = len(missed)+len(found), len(found)
	return answer, nil
}

// median returns the answer with the median of the times, of two the faster one.
func median(list []Answer) Answer {
	if len(list) == 0 {
		return Answer{}
	}
	slices.SortFunc(list, func(x, y Answer) int { return cmp.Compare(x.Seconds, y.Seconds) })
	return list[(len(list)-1)/2]
}

// run builds the judge's program with the mutant, and runs it.
func (a *asker) run(ctx context.Context, m mutants.Mutant, t testRun, answer *Answer) error {
	if err := a.build(ctx, m, t.program); err != nil {
		return err
	}
	cmd := a.command(ctx, absolute(filepath.Join(a.dir, t.name)), t.args...)
	cmd.Dir = t.in
	if t.program.name == fuzzing.name {
		var err error
		if cmd.Dir, err = a.workshop(); err != nil {
			return err
		}
	}
	begun := time.Now()
	out, err := cmd.CombinedOutput()
	answer.Seconds = time.Since(begun).Seconds()
	var exit *exec.ExitError
	switch {
	case err == nil:
	case !errors.As(err, &exit):
		return err
	case bytes.Contains(out, []byte("test timed out")):
		answer.Noticed, answer.How = true, "does not end"
	case bytes.Contains(out, []byte("DATA RACE")):
		answer.Noticed, answer.How = true, "data race"
	default:
		answer.Noticed, answer.How = true, "fails"
	}
	return nil
}

// workshop makes a directory with a copy of the seeds, for an engine to write what
// makes the mutant fail into. Of FuzzSchedule it holds the scenarios only: the other
// seeds are what fails on the mutants, and a search that starts from the answers shows
// nothing.
func (a *asker) workshop() (string, error) {
	dir := filepath.Join(a.dir, "workshop")
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS(filepath.Join("fuzz", "testdata"))); err != nil {
		return "", err
	}
	answers, err := filepath.Glob(filepath.Join(dir, "testdata", "fuzz", string(mutants.Schedule), "*"))
	for _, file := range answers {
		if !strings.HasPrefix(filepath.Base(file), "scenario-") {
			err = errors.Join(err, os.Remove(file))
		}
	}
	return dir, err
}

// explore asks the verifier, or what is left of it.
func (a *asker) explore(ctx context.Context, m mutants.Mutant, p program, answer *Answer) error {
	if err := a.build(ctx, m, p); err != nil {
		return err
	}
	begun := time.Now()
	out, err := a.command(ctx, absolute(filepath.Join(a.dir, p.name)), "verify", "-first", "-json", "-procs", "1",
		"-time", a.verify.String(), "-dir", a.dir).Output()
	answer.Seconds = time.Since(begun).Seconds()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || exit != nil && exit.ExitCode() != 1 {
		return fmt.Errorf("the verifier could not do its work: %w", err)
	}
	for lines := json.NewDecoder(bytes.NewReader(out)); lines.More(); {
		var r linearizability.Result
		if err := lines.Decode(&r); err != nil {
			return fmt.Errorf("the verifier's output: %w", err)
		}
		if f := r.Failure; f != nil {
			answer.Noticed, answer.How = true, string(f.Check)
			if f.Check == "" {
				answer.How = f.Class
			}
			answer.Schedules, answer.Preemptions, answer.Scenario = f.SchedulesToFailure, f.Preemptions, r.Scenario
		}
	}
	return nil
}

// build builds a program with the mutant, once.
func (a *asker) build(ctx context.Context, m mutants.Mutant, p program) error {
	if a.made[p.name] {
		return nil
	}
	overlay, err := m.WriteOverlay(".", a.dir)
	if err != nil {
		return err
	}
	args := append([]string{p.args[0], "-o", filepath.Join(a.dir, p.name), "-overlay", overlay}, p.args[1:]...)
	cmd := a.command(ctx, "go", args...)
	if p.cgo {
		cmd.Env = append(cmd.Env, "CGO_ENABLED=1")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	a.made[p.name] = true
	return nil
}

// command is one that the variables of verify say nothing to.
func (a *asker) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "RUN=", "VERIFY_TIME=", "VERIFY_SEED=")
	return cmd
}
