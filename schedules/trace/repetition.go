package trace

import (
	"fmt"
	"slices"
)

// least is how often events must be repeated for the repetitions to be left out.
const least = 4

// tick is the operation of the clock, whose results never repeat.
const tick = "tick"

// repetition looks whether the events before i go on in the same way from i. If so it
// adds a row that says how often, and returns the event after the repetitions.
func (b *rowBuilder) repetition(i int) int {
	t := b.t
	same := func(x, y *Event) bool {
		return x.Kind == y.Kind && x.Task == y.Task && x.Op == y.Op && x.Object == y.Object &&
			x.Args == y.Args && (x.Result == y.Result || x.Op == tick) && x.Text == y.Text && x.Before == y.Before && x.After == y.After &&
			x.Place == y.Place && x.Preemption == y.Preemption && slices.Equal(x.States, y.States)
	}
	for period := 1; period <= min(8, i); period++ {
		n := 0
		for i+n < len(t.Events) && same(&t.Events[i+n], &t.Events[i+n-period]) && !b.shown[i+n] {
			n++
		}
		times := n / period
		if times < least {
			continue
		}
		what := "the last row is"
		if period > 1 {
			what = fmt.Sprintf("the last %d rows are", period)
		}
		b.rows = append(b.rows, row{
			first: i, last: i + times*period - 1, task: None,
			text: fmt.Sprintf("... %s repeated %d times, up to step %d", what, times, t.Events[i+times*period-1].Step),
		})
		return i + times*period
	}
	return 0
}
