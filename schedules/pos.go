package schedules

// pos runs the enabled task whose next operation has the highest priority. The
// priority belongs to the operation, not to the task.
type pos struct {
	seeded
	priority [MaxTasks]uint64
	drawn    [MaxTasks]int // the number, from 1, of the task's operation that the priority is for; 0 if it has none
	known    int           // tasks of which one may have a priority: those below
}

// POS returns the strategy of Yuan, Yang and Gu, "Partial Order Aware Concurrency
// Sampling" (2018). Every operation draws a random priority when it becomes a
// task's next one, and the enabled one with the highest goes first. Then those
// of the other enabled operations that race with it, see [Choice.Races], draw
// anew: the order of every pair that races is decided afresh, while operations
// that commute with everything do not dilute the sample. In one execution an
// order that asks one task to be late for all of n operations of another has a
// probability of 1/(n+1), which a random walk gives 1/2^n.
//
// It deviates from the paper in two ways. A race is known from the kinds of the
// two operations, not from what they will do. And a call of Gosched comes behind
// everything else that can go on, in a random order among themselves, so that a
// loop that waits for others does not draw until it has a high priority. That
// operations that are no choice are not seen makes no difference, as there is
// then nothing else enabled that could draw. It never ends by itself.
func POS(seed uint64) Strategy {
	return &pos{seeded: seededBy(seed)}
}

func (p *pos) Begin() bool {
	p.begin()
	clear(p.drawn[:p.known])
	p.known = 0
	return true
}

func (p *pos) Choose(c *Choice) int {
	if c.Data {
		return c.drawn(&p.g)
	}
	best := -1
	for rest := c.Enabled; !rest.IsEmpty(); {
		t := rest.pop()
		if next := c.Performed(t) + 1; p.drawn[t] != next {
			p.drawn[t], p.known = next, max(p.known, t+1)
			p.draw(c, t)
		}
		if best < 0 || p.priority[t] > p.priority[best] {
			best = t
		}
	}
	for rest := c.Races(best).Intersect(c.Enabled); !rest.IsEmpty(); {
		p.draw(c, rest.pop())
	}
	return best
}

// backsOff is the highest priority of a call of Gosched, and below that of all
// other operations.
const backsOff = 1<<63 - 1

func (p *pos) draw(c *Choice, task int) {
	p.priority[task] = p.g.Next() | (backsOff + 1)
	if c.BacksOff(task) {
		p.priority[task] &= backsOff
	}
}

func (p *pos) String() string { return "POS" }
