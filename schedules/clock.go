package schedules

// clock is a vector clock: what a task knows of the others, as the time of each
// up to which everything that it did happened before. Entries that are missing
// are zero, which is before everything.
type clock []uint32

// of returns the entry of the task.
func (c clock) of(task int) uint32 {
	if task < len(c) {
		return c[task]
	}
	return 0
}

// set changes the entry of the task.
func (c *clock) set(task int, time uint32) {
	for len(*c) <= task {
		*c = append(*c, 0)
	}
	(*c)[task] = time
}

// join adds what d knows.
func (c *clock) join(d clock) {
	for task, time := range d {
		if c.of(task) < time {
			c.set(task, time)
		}
	}
}

// become makes c a copy of d.
func (c *clock) become(d clock) { *c = append((*c)[:0], d...) }

// knows reports whether what happened at the epoch happened before.
func (c clock) knows(e epoch) bool { return e.time <= c.of(e.task) }

// epoch is a time of one task. The zero epoch is before everything.
type epoch struct {
	task int
	time uint32
}
