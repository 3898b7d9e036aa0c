package trace

// tree knows which events make up an operation.
type tree struct {
	t *Trace
	// end is the index of an invocation's response, None if there is none, and of
	// any other event None.
	end []int
	// alone is, for an invocation with a response, whether all events from the one to
	// the other are of its task.
	alone []bool
}

func newTree(t *Trace) *tree {
	tr := &tree{t: t, end: make([]int, len(t.Events)), alone: make([]bool, len(t.Events))}
	for i := range t.Events {
		tr.end[i] = None
		if ev := &t.Events[i]; ev.Kind == Response && ev.Parent != None {
			tr.end[ev.Parent] = i
			tr.alone[ev.Parent] = true
		}
	}
	run := 0 // where the stretch of one task's events began
	for i := range t.Events {
		ev := &t.Events[i]
		if i > 0 && ev.Task != t.Events[i-1].Task {
			run = i
		}
		if ev.Kind == Response && ev.Parent != None && ev.Parent < run {
			tr.alone[ev.Parent] = false
		}
	}
	return tr
}

// root returns the outermost operation that the event is part of, None if there is
// none. An invocation is part of its own operation.
func (tr *tree) root(i int) int {
	at := None
	if tr.t.Events[i].Kind == Invocation {
		at = i
	}
	for p := tr.t.Events[i].Parent; p != None; p = tr.t.Events[p].Parent {
		at = p
	}
	return at
}

// depth returns how many operations are around the event. A response is as deep as
// its invocation.
func (tr *tree) depth(i int) int {
	ev := &tr.t.Events[i]
	n := 0
	if ev.Kind == Response && ev.Parent != None {
		ev = &tr.t.Events[ev.Parent]
	}
	for p := ev.Parent; p != None; p = tr.t.Events[p].Parent {
		n++
	}
	return n
}

// within reports whether the events from i to end, without that, are of one task, and
// part of no operation around them.
func (tr *tree) within(i, end int) bool {
	for j := i; j < end; j++ {
		if tr.t.Events[j].Task != tr.t.Events[i].Task {
			return false
		}
	}
	return tr.t.Events[i].Parent == None
}
