package schedules_test

import (
	"context"
	"testing"

	"annulus/schedules"
)

// A schedule that was left as it was found is made simpler later, and again comes
// to nothing simpler.
func TestMinimiseOfASavedSchedule(t *testing.T) {
	found := schedules.Explore(context.Background(), lostUpdate, schedules.Config{Strategy: schedules.Random(3), NoMinimise: true}).Failure
	if found == nil {
		t.Fatal("nothing failed")
	}
	want := schedules.Explore(context.Background(), lostUpdate, schedules.Config{Strategy: schedules.Random(3)}).Failure
	for name, schedule := range map[string]schedules.Schedule{"as found": found.Schedule, "minimal": want.Schedule} {
		f := schedules.Minimise(context.Background(), lostUpdate, schedule).Failure
		if f == nil || f.Class != found.Class || f.Preemptions != want.Preemptions || f.Steps != want.Steps || f.Trace == nil || !f.Fewest {
			t.Errorf("%s: %v, expected %v", name, f, want)
			continue
		}
		if again := schedules.Replay(lostUpdate, f.Schedule).Failure; again == nil || again.Class != f.Class {
			t.Errorf("%s: the minimal schedule leads to %v", name, again)
		}
	}
}

func TestMinimiseOfWhatDoesNotFail(t *testing.T) {
	found := schedules.Explore(context.Background(), lostUpdate, schedules.Config{}).Failure
	passing := schedules.Schedule{Steps: found.Schedule.Steps[:2]}
	if f := schedules.Minimise(context.Background(), lostUpdate, passing).Failure; f == nil || f.Class != schedules.Divergence {
		t.Errorf("a schedule that ends early: %v", f)
	}
	if r := schedules.Minimise(context.Background(), func(s *schedules.S) {}, schedules.Schedule{}); r.Failure != nil || r.Schedules != 1 {
		t.Errorf("a program without steps: %v", r)
	}
}
