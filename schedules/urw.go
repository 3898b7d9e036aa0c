package schedules

// urw goes on with each enabled task with a probability that is proportional to
// the operations that the task, and those that it has yet to add, have left.
type urw struct {
	seeded
	known int              // tasks of the execution that have been seen
	most  int              // tasks of an execution
	ops   [MaxTasks]uint64 // operations of the task, in all executions that had it
	runs  [MaxTasks]uint64 // these executions
	from  [MaxTasks]int    // who added the task, in the last of these executions
	tree  [MaxTasks]int    // expected operations of the task and all that it adds, theirs included
	share [MaxTasks]int    // of these, what the tasks that it has already added do not account for
	left  [MaxTasks]int    // of its share, at the present choice; at least 1
}

// URW returns the uniform random walk of Zhao, Wolff, Mathur and Roychoudhury,
// "Selectively Uniform Concurrency Testing" (2025). A task goes on with a
// probability that is proportional to the number of operations it has left,
// those of tasks that it is yet to add included. Where these numbers are right
// and no operation has to wait for another task, every interleaving is equally
// likely: a random walk prefers those in which short tasks end early.
//
// It deviates from the paper in four ways. The numbers are not given or counted
// in a trial run, but are the means over earlier executions of the exploration, so
// that the first one is a random walk. Tasks are identified by the
// order of their creation. A task that has outlived its number counts as one with
// a single operation left. And all operations count, which is the paper's
// algorithm without the selection that it puts on top. It never ends by itself.
func URW(seed uint64) Strategy {
	return &urw{seeded: seededBy(seed)}
}

// Restart implements Strategy.
func (u *urw) Restart(shard Shard) {
	*u = urw{seeded: u.seeded}
	u.seeded.Restart(shard)
}

func (u *urw) Begin() bool {
	u.begin()
	u.known = 0
	return true
}

// Ended implements Strategy, and takes the execution into the expectations.
func (u *urw) Ended(end Ended) (Kind, error) {
	if u.known == 0 {
		return Tried, nil // there was no choice
	}
	n := end.Tasks()
	u.most = max(u.most, n)
	for i := range n {
		u.ops[i] += uint64(end.Performed(i))
		u.runs[i]++
		u.from[i] = end.Parent(i)
	}
	// A task has a higher number than the one that added it.
	for i := range u.most {
		u.tree[i] = 0
		if n := u.runs[i]; n > 0 {
			u.tree[i] = int((u.ops[i] + n/2) / n)
		}
	}
	for i := u.most - 1; i > 0; i-- {
		if u.runs[i] > 0 {
			u.tree[u.from[i]] += u.tree[i]
		}
	}
	return Tried, nil
}

func (u *urw) Choose(c *Choice) int {
	if c.Data {
		return c.drawn(&u.g)
	}
	u.meet(c)
	total := 0
	for rest := c.Enabled; !rest.IsEmpty(); {
		t := rest.pop()
		// What it has left, its next operation included.
		u.left[t] = max(u.share[t]-c.Performed(t), 1)
		total += u.left[t]
	}
	at := u.g.Below(total)
	for rest := c.Enabled; ; {
		t := rest.pop()
		if at -= u.left[t]; at < 0 {
			return t
		}
	}
}

// meet gives the tasks that are new in the execution what they are expected to
// perform, and takes it from those that have added them.
func (u *urw) meet(c *Choice) {
	for n := c.Tasks(); u.known < n; u.known++ {
		i := u.known
		u.share[i] = u.tree[i]
		if parent := c.Parent(i); parent >= 0 {
			u.share[parent] -= u.tree[i]
		}
	}
}

func (u *urw) String() string { return "uniform random walk" }
