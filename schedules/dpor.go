package schedules

// dpor enumerates one execution at least of every equivalence class, depth-first.
type dpor struct {
	StrategyBase
	events events
	path   []branch // the choices that led to the current execution
	depth  int      // choices made in the current execution
	fixed  int      // events that it shares with the one before it
	choice int32    // made for the next event, -1 if there was none

	sleep    sleepSet // steps that need not be tried in the present state
	part     part
	kind     Kind // of the execution
	skipping bool // the execution is another shard's
	lost     bool // fairness has excluded a choice
	untold   bool // how the last execution has ended
	started  bool
	finished bool
}

// branch is a choice on the path.
type branch struct {
	hash      uint64    // of the execution up to here
	before    beginning // the choices up to here
	enabled   TaskSet
	runnable  TaskSet
	todo      TaskSet // tasks to be tried, those that have been among them
	tried     TaskSet
	sleep     sleepSet // on arrival, and the steps that have been tried
	cut       bool     // tasks were kept from going on, see Choice.cut
	sleepless bool     // no step is put to sleep here
	event     int32    // that follows
	chosen    int8
	data      bool // between alternatives of one step, not between tasks
}

// asleep returns the tasks whose steps need not be tried.
func (b *branch) asleep() TaskSet {
	if b.data {
		return TaskSet{}
	}
	return b.sleep.tasks
}

// DPOR returns a strategy that tries, of all executions that differ only in the
// order of operations that commute, one: the source-DPOR algorithm with sleep
// sets of Abdulla, Aronis, Jonsson and Sagonas, "Source Sets: A Foundation for
// Optimal Dynamic Partial Order Reduction" (2017). It knows no preemption bound
// and ends when every equivalence class has been tried.
//
// Operations commute if they work on different objects or if both only read. An
// operation that fails, such as a CompareAndSwap that finds another value, and
// one that stores what is there already, reads. The order between the return of
// an operation, see [S.Return], and the invocation of another is kept, so that
// histories keep their order in real time. Plain memory is not seen: what tasks
// share must be ordered by the drop-ins in every execution, which is checked of
// memory in a plain.Var, or be declared by [S.Reads] and [S.Writes].
//
// It deviates from the paper where operations wait: for a lock that was taken and
// released again the race that is reversed is the one with the taking. A task
// that only repeats what it has read does not go on in this search: what it would
// do is what it does where the change comes before the repetition, which is
// another execution.
func DPOR() Strategy { return new(dpor) }

func (d *dpor) reduction() reduction { return d }

// Restart implements Strategy.
func (d *dpor) Restart(shard Shard) {
	*d = dpor{events: d.events, path: d.path[:0], sleep: d.sleep, part: shard.part()}
}

// Ended implements Strategy.
func (d *dpor) Ended(end Ended) (Kind, error) {
	d.untold = false
	d.lost = d.lost || end.Cut || !end.took(d.depth, len(d.path), func(k int) int8 { return d.path[k].chosen })
	if d.kind == Tried && !d.part.counts(d.beginning(len(d.path))) {
		return OtherShard, nil
	}
	return d.kind, nil
}

// beginning returns the first k choices.
func (d *dpor) beginning(k int) beginning {
	if k == 0 {
		return beginning{}
	}
	return d.path[k-1].after()
}

// after returns the choices up to this one and with it.
func (b *branch) after() beginning { return b.before.and(b.chosen, b.enabled.Len()) }

func (d *dpor) Begin() bool {
	if d.finished {
		return false
	}
	d.depth, d.fixed, d.choice = 0, 0, -1
	d.lost, d.untold = d.lost || d.untold, true
	d.kind, d.skipping = Tried, false
	d.sleep.clear()
	if !d.started {
		d.started = true
		return true
	}
	for k := len(d.path); k > 0; k-- {
		b := &d.path[k-1]
		b.tried.add(int(b.chosen))
		if x := &d.events.all[b.event]; !x.fresh && !b.sleepless {
			b.sleep.add(b.chosen, d.events.accessesOf(x))
		}
		if rest := b.todo.Minus(b.tried).Minus(b.asleep()); !rest.IsEmpty() {
			b.chosen = int8(rest.First())
			d.path = d.path[:k]
			d.fixed = int(b.event)
			return true
		}
	}
	d.path = d.path[:0]
	d.finished = true
	return false
}

func (d *dpor) Choose(c *Choice) int {
	k := d.depth
	d.depth++
	if d.kind != Tried {
		return c.Continues()
	}
	event := int32(-1)
	if c.Data {
		event = d.picks()
	} else {
		d.choice = int32(k)
	}
	if k < len(d.path) {
		b := &d.path[k]
		if b.hash != c.hash || b.runnable != c.Runnable {
			c.Differs(b.runnable)
		}
		if k == len(d.path)-1 {
			d.sleep.copyFrom(&b.sleep)
		}
		d.enter(k)
		return int(b.chosen)
	}
	first := c.Continues()
	if c.Data {
	} else if awake := c.Enabled.Minus(d.sleep.tasks); awake.IsEmpty() {
		d.giveUp()
		return first
	} else if !awake.Has(first) {
		first = awake.First()
	}
	if k == cap(d.path) {
		d.path = append(d.path, branch{})
	}
	d.path = d.path[:k+1]
	b := &d.path[k]
	b.hash, b.enabled, b.runnable, b.cut = c.hash, c.Enabled, c.Runnable, c.Cut
	b.todo, b.tried, b.sleepless = TaskSet{}, TaskSet{}, false
	b.todo.add(first)
	b.sleep.copyFrom(&d.sleep)
	b.chosen = int8(first)
	b.event, b.data = event, c.Data
	b.before = d.beginning(k)
	if d.part.shares(b.before) || c.Data {
		b.todo = b.enabled
	}
	d.enter(k)
	return first
}

// picks is called where the task in progress has to pick, and returns the number
// of its step. The step does not sleep, since what it accesses may depend on what
// is picked, and all alternatives are tried.
func (d *dpor) picks() int32 {
	last := int32(d.events.n - 1)
	d.events.all[last].fresh = true
	return last
}

// enter looks whether the execution is another shard's, once that is known.
func (d *dpor) enter(k int) {
	if b := &d.path[k]; d.part.decides(b.before, b.after()) {
		d.skipping = !d.part.owns(b.after())
	}
}

// begin implements reduction.
func (d *dpor) begin(e *engine) {
	d.events.reset(e)
	d.events.begin(e.tasks[0], -1)
}

// access implements reduction.
func (d *dpor) access(t *task, c *cell, m mode) {
	if d.kind == Tried {
		d.events.access(t, c, m)
	}
}

// step implements reduction. Where the execution is not looked at any longer, nobody
// will ask for the step.
func (d *dpor) step() int32 { return int32(d.events.n - 1) }

// active implements reduction.
func (d *dpor) active() bool { return d.kind == Tried }

// performs implements reduction.
func (d *dpor) performs(t *task) {
	if d.kind == Tried && d.sleep.tasks.Has(t.id) && d.events.n > d.fixed {
		d.giveUp() // there was no other choice
	}
	if d.kind != Tried {
		return
	}
	if d.choice >= 0 {
		d.path[d.choice].event = int32(d.events.n)
	}
	d.events.begin(t, d.choice)
	d.choice = -1
}

// performed implements reduction.
func (d *dpor) performed() {
	v := &d.events
	if !v.open || d.kind != Tried {
		return
	}
	v.open = false
	last := v.n - 1
	if last >= d.fixed {
		d.sleep.wake(v.accessesOf(&v.all[last]), v.e.tasks)
	}
	if d.skipping && d.path[len(d.path)-1].event == int32(last) {
		d.leave(OtherShard)
	}
}

// hinders implements reduction. The step that is missing would take part in races that nobody
// sees: not only with the one in progress, but also with steps that may come before that
// one and do not depend on it. So everything is tried in its place.
func (d *dpor) hinders() {
	if d.kind != Tried {
		return
	}
	if k := d.events.all[d.events.n-1].choice; k >= 0 {
		d.path[k].todo = d.path[k].enabled
	} else {
		d.lost = true
	}
}

// leave implements reduction: the execution runs to its end without being looked at.
func (d *dpor) leave(k Kind) {
	d.kind = k
	d.choice = -1
}

// resume implements reduction.
func (d *dpor) resume() { d.kind = Tried }

// giveUp leaves an execution that goes on only as others do. Tasks that wait there are
// not among those who go on, and may wait for something that the others did not come to.
func (d *dpor) giveUp() {
	d.waitingRaces()
	d.leave(Redundant)
}

// gaveUp implements reduction.
func (d *dpor) gaveUp() bool {
	if d.kind != Tried {
		return false
	}
	for _, t := range d.events.e.tasks[:d.events.e.n] {
		if t.parked && stale(t.last) {
			d.giveUp()
			return true
		}
	}
	return false
}

func (d *dpor) String() string { return "source-DPOR" }

// Progress implements Strategy. Every choice is taken to share the executions out
// evenly among the alternatives that are known so far.
func (d *dpor) Progress() Progress {
	weight, done := 1.0, 0.0
	for i := range d.path {
		b := &d.path[i]
		options := b.todo.Minus(b.asleep().Minus(b.tried))
		weight /= float64(max(1, options.Len()))
		done += weight * float64(b.tried.Len())
	}
	complete := d.finished && !d.lost
	return Progress{Exhausted: complete, Complete: complete, Done: done}
}
