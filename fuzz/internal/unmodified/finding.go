package unmodified

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"annulus/fuzz/bugs"
)

// Module is the directory of the ordinary packages, from the root of this one's module.
const Module = "fuzz/bugs/ordinary"

// Budget is how many schedules a test has. There is no limit of time, so that what is found
// does not depend on the machine.
const Budget = 200_000

// Finding is what exploring an ordinary package has come to.
type Finding struct {
	bugs.Ordinary
	broken *Result // nil if it has never had a bug
	fixed  *Result // of the fixed package, or of the one that has never had a bug
}

// Look explores the packages in [Module], all together, with the binary of annulus.
func Look(ctx context.Context, tool, scratch string, packages []bugs.Ordinary) ([]Finding, error) {
	args := []string{"-schedules", strconv.Itoa(Budget), "-time", "0"}
	for _, o := range packages {
		for _, dir := range o.Tested() {
			args = append(args, "./"+dir)
		}
	}
	results, err := Explore(ctx, tool, filepath.FromSlash(Module), scratch, args...)
	if err != nil {
		return nil, err
	}
	return findings(packages, results)
}

// findings gives each package its results. The error names one without.
func findings(packages []bugs.Ordinary, results []Result) (all []Finding, err error) {
	for _, o := range packages {
		var of []*Result
		for _, dir := range o.Tested() {
			r, err := only(bugs.OrdinaryModule+"/"+dir, results)
			if err != nil {
				return nil, err
			}
			of = append(of, r)
		}
		f := Finding{Ordinary: o, fixed: of[len(of)-1]}
		if !o.Correct() {
			f.broken = of[0]
		}
		all = append(all, f)
	}
	return all, nil
}

// only returns the result of the only test of a package.
func only(path string, results []Result) (*Result, error) {
	i := slices.IndexFunc(results, func(r Result) bool { return r.Package == path })
	if i < 0 {
		return nil, fmt.Errorf("%s was not explored", path)
	}
	if again := slices.IndexFunc(results[i+1:], func(r Result) bool { return r.Package == path }); again >= 0 {
		return nil, fmt.Errorf("%s has more than one test", path)
	}
	return &results[i], nil
}

// Check says what is not as it should be: the bug is not found, or fails in another way;
// the fixed package fails; or it was explored completely or not, against what the list says.
func (f *Finding) Check() error { return errors.Join(f.checkBroken(), f.checkFixed()) }

func (f *Finding) checkBroken() error {
	switch {
	case f.Correct():
		return nil
	case f.broken.Result == Passed && f.Pending != "":
		return nil
	case f.broken.Result != Failed:
		return fmt.Errorf("%s: the bug is not found: %s", f.Name, tell(f.broken))
	case f.broken.Failure.Class == f.Class.String():
		return nil
	}
	for _, also := range f.Also {
		if f.broken.Failure.Class == also.String() {
			return nil
		}
	}
	return fmt.Errorf("%s: %s in place of %s: %s", f.Name, f.broken.Failure.Class, f.Class, f.broken.Failure.Message)
}

func (f *Finding) checkFixed() error {
	switch {
	case f.fixed.Result != Passed:
		return fmt.Errorf("%s: there is no bug: %s", f.fixed.Package, tell(f.fixed))
	case f.Incomplete == "" && !f.fixed.Exhausted():
		return fmt.Errorf("%s is not explored completely: %s", f.fixed.Package, tell(f.fixed))
	case f.Incomplete != "" && f.fixed.Exhausted():
		return fmt.Errorf("%s: there is no reason not to complete it: %s", f.fixed.Package, tell(f.fixed))
	}
	return nil
}

// tell says in a few words what became of a test.
func tell(r *Result) string {
	switch {
	case r.Failure != nil:
		return fmt.Sprintf("%s after %d", r.Failure.Class, r.Schedules)
	case r.Verdict != "":
		return fmt.Sprintf("%s after %d", r.Verdict, r.Schedules)
	case r.Why != "":
		return r.Result + ": " + r.Why
	}
	return r.Result
}

// String returns the finding as a line of text.
func (f *Finding) String() string {
	if f.Correct() {
		return fmt.Sprintf("%-18s correct: %s", f.Name, tell(f.fixed))
	}
	return fmt.Sprintf("%-18s broken: %s, %.2f s; fixed: %s", f.Name, tell(f.broken), f.broken.Seconds, tell(f.fixed))
}
