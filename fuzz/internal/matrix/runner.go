package matrix

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"annulus/fuzz/internal/workbench"
	"annulus/fuzz/mutants"
	"annulus/linearizability"
)

// runner builds checkers with mutants and runs them.
type runner struct {
	options
	answers *answers
	dir     string            // of the mutant
	built   map[string]string // programs that have been built with it, by their names
}

var (
	ownTests  = workbench.Tests("buffer.test", "./buffer")
	raceTests = workbench.Tests("race.test", "./buffer", "-race")
	fuzzTests = workbench.Tests("fuzz.test", "./fuzz")
	// -fuzz has the code instrumented, so that the engine sees what is covered.
	fuzzing = workbench.Tests("engine.test", "./fuzz", "-fuzz=Fuzz")
	// The verifier as withoutChecker leaves it.
	partial = workbench.Program{Name: "partial", Args: workbench.Verifier.Args}
)

// withoutChecker takes the checker of histories out of the verifier.
var withoutChecker = mutants.Edit{
	File: "linearizability/driver.go",
	Old:  "	v := j.of(&d.hist)\n",
	New:  "	var v history.Judgement\n",
}

// testRun is a run of a checker other than the explorer.
type testRun struct {
	program workbench.Program
	in      string // directory in which it runs
	args    []string
}

// timeout bounds a test. One that reaches it counts as not ending, and has noticed the
// mutant.
const timeout = "60s"

// testRun returns the run of a checker. The seed is for those that take one.
func (a *runner) testRun(j mutants.Judge, seed int) testRun {
	drawing := "-rapid.seed=" + strconv.Itoa(seed)
	test := func(p workbench.Program, in, pattern string, more ...string) testRun {
		return testRun{p, in, append([]string{"-test.failfast", "-test.timeout=" + timeout, "-test.run=" + pattern}, more...)}
	}
	engine := func(target string) testRun {
		return test(fuzzing, "fuzz", "^$", "-test.fuzz=^"+target+"$", "-test.fuzztime="+a.fuzzing.String(), "-test.fuzzminimizetime=1x",
			"-test.parallel=1", "-test.fuzzcachedir="+absolute(filepath.Join(a.dir, "cache")))
	}
	switch j {
	case mutants.UnitTests:
		return test(ownTests, "buffer", "")
	case mutants.StateMachine:
		return test(fuzzTests, "fuzz", "^TestStateMachine$", drawing)
	case mutants.Programs:
		return test(fuzzTests, "fuzz", "^TestConcurrentPrograms$", drawing)
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
	panic("no such checker: " + string(j))
}

// absolute returns the absolute path, for programs that run in another directory.
func absolute(path string) string {
	whole, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return whole
}

// seeds has for a fuzzing engine the checker that runs the seeds it starts from: the engine
// notices what that checker does, before it mutates any input. FuzzSchedule has no such
// checker: see copySeeds.
var seeds = map[mutants.Judge]mutants.Judge{mutants.Sequential: mutants.Corpus}

// sound checks that all checkers pass without a mutant. Otherwise what they notice would
// mean nothing.
func (a *runner) sound(ctx context.Context) error {
	r, err := a.runAll(ctx, mutants.Mutant{Name: "none"})
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

// runAll returns the answers of all checkers about a mutant, and runs those that have not
// given one.
func (a *runner) runAll(ctx context.Context, m mutants.Mutant) (row, error) {
	r := row{m, map[mutants.Judge]Answer{}}
	a.dir, a.built = filepath.Join(directory, m.Name), map[string]string{}
	defer os.RemoveAll(a.dir)
	for _, j := range mutants.Judges {
		answer, known := a.answers.Get(about{m.Name, j})
		if !known {
			var err error
			if answer, err = a.runOne(ctx, m, j, r); err == nil {
				err = a.answers.Add(answer)
			}
			if err != nil {
				return r, fmt.Errorf("%s about %s: %w", j, m.Name, err)
			}
		}
		r.answers[j] = answer
	}
	return r, nil
}

func (a *runner) runOne(ctx context.Context, m mutants.Mutant, j mutants.Judge, r row) (Answer, error) {
	answer := Answer{Mutant: m.Name, Judge: j, Source: a.answers.source}
	if of := r.answers[seeds[j]]; of.Noticed {
		answer.Noticed, answer.How, answer.Seconds = true, "its seeds", of.Seconds
		return answer, nil
	}
	switch j {
	case mutants.Explorer:
		return answer, a.explore(ctx, m, workbench.Verifier, &answer)
	case mutants.Invariants:
		m.Edits = append(slices.Clip(m.Edits), withoutChecker)
		return answer, a.explore(ctx, m, partial, &answer)
	}
	if !j.Random() {
		return answer, a.test(ctx, m, a.testRun(j, 1), &answer)
	}
	var missed, found []Answer
	for n := 1; n <= a.runs; n++ {
		once := Answer{}
		if err := a.test(ctx, m, a.testRun(j, n), &once); err != nil {
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

// median returns the answer with the median time; of an even number, the faster of the two
// in the middle.
func median(list []Answer) Answer {
	if len(list) == 0 {
		return Answer{}
	}
	slices.SortFunc(list, func(x, y Answer) int { return cmp.Compare(x.Seconds, y.Seconds) })
	return list[(len(list)-1)/2]
}

// test builds the checker's program with the mutant, and runs it.
func (a *runner) test(ctx context.Context, m mutants.Mutant, t testRun, answer *Answer) (err error) {
	var text bytes.Buffer
	j := workbench.Job{Args: t.args, Dir: t.in, Stdout: &text, Stderr: &text}
	if j.Binary, err = a.build(ctx, m, t.program); err != nil {
		return err
	}
	if t.program.Name == fuzzing.Name {
		if j.Dir, err = a.copySeeds(); err != nil {
			return err
		}
	}
	o, err := j.Run(ctx)
	answer.Seconds = o.Took.Seconds()
	answer.Noticed = o.Status != 0
	switch {
	case err != nil || !answer.Noticed:
	case bytes.Contains(text.Bytes(), []byte("test timed out")):
		answer.How = "does not end"
	case bytes.Contains(text.Bytes(), []byte("DATA RACE")):
		answer.How = "data race"
	default:
		answer.How = "fails"
	}
	return err
}

// copySeeds makes a directory with a copy of the seeds, in which a fuzzing engine runs and
// writes the inputs that fail. Of the seeds of FuzzSchedule it has only the scenarios: the
// others are the schedules that fail on the mutants, and a search that starts from the
// answers shows nothing.
func (a *runner) copySeeds() (string, error) {
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

// explore runs the verifier, or the partial one, on the mutant.
func (a *runner) explore(ctx context.Context, m mutants.Mutant, p workbench.Program, answer *Answer) error {
	binary, err := a.build(ctx, m, p)
	if err != nil {
		return err
	}
	results, o, err := workbench.Ask[linearizability.Result](ctx, workbench.Job{Binary: binary, Args: []string{
		"verify", "-first", "-json", "-procs", "1", "-time", a.verify.String(), "-dir", a.dir,
	}})
	answer.Seconds = o.Took.Seconds()
	for _, r := range results {
		if f := r.Failure; f != nil {
			answer.Noticed, answer.How = true, string(f.Check)
			if f.Check == "" {
				answer.How = f.Class
			}
			answer.Schedules, answer.Preemptions, answer.Scenario = f.SchedulesToFailure, f.Preemptions, r.Scenario
		}
	}
	return err
}

// build builds a program with the mutant, unless that was done before.
func (a *runner) build(ctx context.Context, m mutants.Mutant, p workbench.Program) (binary string, err error) {
	if binary = a.built[p.Name]; binary != "" {
		return binary, nil
	}
	overlay, err := m.WriteOverlay(".", a.dir)
	if err != nil {
		return "", err
	}
	if binary, err = p.Build(ctx, a.dir, overlay); err == nil {
		a.built[p.Name] = binary
	}
	return binary, err
}
