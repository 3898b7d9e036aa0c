package schedules_test

import (
	"context"
	"testing"

	"annulus/schedules"
)

// Who sends and who receives do not get into each other's way: what differs only in that
// one of the two has waited for the other is one class.
func TestChannelClasses(t *testing.T) {
	for _, c := range []struct {
		name string
		body func(*S)
		want int64
	}{
		{"ping-pong", pingPong(0, 20), 1},
		{"ping-pong with a buffer", pingPong(1, 20), 1},
		{"one worker, no buffer", workers(1, 0, 5), 1},
		{"one worker, a buffer", workers(1, 2, 5), 1},
		{"two workers", workers(2, 1, 2), 12},
	} {
		search := schedules.Explore(context.Background(), c.body, schedules.Config{Strategy: schedules.DPOR(), Schedules: 1000})
		if search.Verdict() != "EXHAUSTED" || search.Classes != c.want || search.Schedules != c.want {
			t.Errorf("%s: %v; want one schedule for each of %d classes", c.name, search, c.want)
		}
		chance := schedules.Explore(context.Background(), c.body, schedules.Config{Strategy: schedules.Random(1), Schedules: 3000})
		if chance.Classes != c.want || chance.Failure != nil {
			t.Errorf("%s: %v by chance; want %d classes", c.name, chance, c.want)
		}
	}
}
