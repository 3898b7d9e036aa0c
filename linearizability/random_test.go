package linearizability

import (
	"testing"

	"pgregory.net/rapid"

	"annulus/linearizability/internal/fuzzed"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// The buffer passes whatever a program does, so neither the driver nor the judge reports a
// correct execution.
//
// A failing program that rapid has made smaller is shrunk once more at the end. Rapid cuts
// what it has drawn, and sees with a few random schedules whether that fails, in any way;
// Shrink cuts along the structure and searches for the same failure.
func TestRandomProgramsPass(t *testing.T) {
	var program scenario.Program
	var failure *schedules.Failure
	defer func() {
		if failure == nil {
			return
		}
		small, r, err := Shrink(t.Context(), program, failure.Schedule, ShrinkConfig{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("shrunk:\n%v\n%s", small, r.Failure.Describe())
	}()
	all, unshared := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := fuzzed.Program(t)
		r, err := Explore(t.Context(), p, schedules.Config{Strategy: schedules.Mixture(rapid.Uint64().Draw(t, "seed")), Schedules: 40})
		if err != nil {
			t.Fatal(err)
		}
		if r.Failure != nil {
			program, failure = p, r.Failure
			t.Fatalf("%v\n%s", p, r.Failure.Describe())
		}
		if all++; r.NothingShared {
			unshared++
		}
	})
	t.Logf("NOTHING SHARED: %d of %d programs", unshared, all)
}
