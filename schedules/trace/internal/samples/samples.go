// Package samples has traces for the tests of what shows them.
package samples

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
	"annulus/schedules/trace"
)

// ringJSON is a failing execution of the ring buffer, with one of the mutants,
// as it was recorded.
//
//go:embed ring.json
var ringJSON []byte

// Ring returns an execution of the ring buffer in which a block is freed that was
// evicted in between, with everything that a trace can have. The critical window, the
// judge's order and the passing execution are written by hand.
func Ring() *trace.Trace {
	t := ring()
	t.Program = "free-vs-evict"
	t.Failure.Message = "not linearizable: t1's tombstone(a) = ok fits nowhere; after t2's evict finishes a: the answer must be stale"
	t.Notes = []string{
		"about   a block is freed while it is evicted", "ring    512 bytes, classes 64 128",
		"setup   alloc a 64; release a; alloc b 64; release b", "t1      tombstone a; free a", "t2      evict",
	}
	t.Failure.Reproduce = "go run -overlay overlay.json ./linearizability/cmd/annulus replay .annulus/mutants/tombstone-load-then-store/free-vs-evict/schedule.txt"
	t.Failure.Why = []string{
		"t1's tombstone(a) = ok has no place in any order of the operations:",
		"before t2 claims a, that could not have succeeded; after it, a is held or gone.",
	}
	t.Window = &trace.Window{
		Task: 1, Object: 1, Read: 21, Change: 27, Rely: 35,
		Text:      "t1 reads block 0 = Ready in step 18.\nt2 makes it Tombstoning in step 24, and evicts the block.\nt1 stores Tombstoning in step 30 as if it were still Ready.",
		Confirmed: "confirmed: nothing fails if t1 is not interrupted from step 18 to step 30",
	}
	t.History = &trace.History{
		Operations: []trace.Operation{
			{Task: 0, Text: "main's alloc(a, 64) = block 0", Call: 1, Return: 6},
			{Task: 0, Text: "main's release(a)", Call: 7, Return: 8},
			{Task: 0, Text: "main's alloc(b, 64) = block 64", Call: 9, Return: 14},
			{Task: 0, Text: "main's release(b)", Call: 15, Return: 16},
			{Task: 2, Text: "t2's evict reserves a", Call: 19, Return: 21},
			{Task: 2, Text: "t2's evict claims a", Call: 22, Return: 25},
			{Task: 2, Text: "t2's evict finishes a", Call: 26, Return: 29},
			{Task: 1, Text: "t1's tombstone(a) = ok", Call: 17, Return: 30},
			{Task: 1, Text: "t1's free(a)", Call: 31, Return: 34},
		},
		Order: []int{0, 1, 2, 3, 4, 5, 6}, Unplaced: 7,
		Places: []trace.Placement{
			{After: 4, Reason: "before t2's evict claims a: allowed, but it rules out that t2's evict claims a, which would have to be Ready"},
			{After: 5, Reason: "after t2's evict reserves a: allowed, but it rules out that t2's evict claims a, which would have to be Ready"},
			{After: 6, Reason: "after t2's evict claims a: the answer must be busy, since somebody holds a"},
			{After: 7, Reason: "after t2's evict finishes a: the answer must be stale, since a no longer exists"},
		},
	}
	t.Passing = &trace.Passing{Step: 19, Text: "t1 goes on with block 0.Store instead of t2 with evict", Trace: passing()}
	return t
}

func ring() *trace.Trace {
	t, err := trace.Read(bytes.NewReader(ringJSON), "ring.json")
	if err != nil {
		panic(err)
	}
	return t
}

// passing is the execution in which t1 is not interrupted.
func passing() *trace.Trace {
	t := ring()
	t.Failure = nil
	failing := t.Events
	t.Events = failing[:22:22]
	// take appends a copy of an event of the failing execution.
	take := func(from int) *trace.Event {
		ev := failing[from]
		ev.States, ev.Switch, ev.Preemption = nil, false, false
		if ev.Kind != trace.Invocation && ev.Kind != trace.Response {
			ev.Step = t.Events[len(t.Events)-1].Step + 1
		} else {
			ev.Step = t.Events[len(t.Events)-1].Step
			if ev.Kind == trace.Invocation {
				ev.Step++
			}
		}
		t.Events = append(t.Events, ev)
		return &t.Events[len(t.Events)-1]
	}
	shows := func(ev *trace.Event, state trace.State) {
		ev.States = []int{len(t.States)}
		t.States = append(t.States, state)
	}
	ev := take(35) // Store by t1
	ev.Before = "Ready"
	shows(ev, ringState(0, 0, "a", "Tombstoning"))
	take(36)
	free := len(t.Events)
	take(37).Parent = trace.None
	take(38).Parent = free
	ev = take(39)
	ev.Parent = free
	shows(ev, ringState(0, 0, "a", "Tombstone"))
	take(40).Parent = free
	take(41).Parent = free
	evict := len(t.Events)
	take(22).Switch = true
	take(23).Parent = evict
	ev = take(24)
	ev.Parent, ev.Before, ev.After = evict, "Tombstone claim 1", "Tombstone claim 1"
	shows(ev, ringState(0, 64, "a", "Tombstone"))
	ev = take(31)
	ev.Parent, ev.Before, ev.After = evict, "Tombstone claim 1", "Evicted claim 1"
	shows(ev, ringState(64, 64, "", ""))
	take(33).Parent = evict
	ev = take(34)
	ev.Parent, ev.Result = evict, "64 bytes"
	take(42).Switch = true
	take(43)
	return t
}

// ringState is the ring of two blocks of which the first is given; none if state is "".
func ringState(head, evicting uint64, label, state string) trace.State {
	r := &trace.Ring{
		Capacity: 512,
		Pointers: []trace.Pointer{{Name: "head", Address: head}, {Name: "evicting", Address: evicting}, {Name: "tail", Address: 128}},
	}
	if state != "" {
		r.Blocks = append(r.Blocks, trace.Block{Address: 0, Size: 64, State: state, Label: label})
	}
	r.Blocks = append(r.Blocks, trace.Block{Address: 64, Size: 64, State: "Ready", Label: "b"})
	return trace.State{Name: "ring", Text: fmt.Sprintf("head %d │ evicting %d │ tail 128", head, evicting), Ring: r}
}

// Laps returns an execution whose ring goes over the end of its memory and has
// everything that a ring can have: free lists, places given back, many blocks.
func Laps() *trace.Trace {
	t := &trace.Trace{Program: "laps", Tasks: []string{"main"}}
	states := []string{"NotReady", "Ready", "Tombstoning", "Tombstone", "FreeListed", "Evicted"}
	for i := range 40 {
		head := uint64(700 + 60*i)
		r := &trace.Ring{Capacity: 1024, Pointers: []trace.Pointer{{Name: "head", Address: head}, {Name: "evicting", Address: head + 64}, {Name: "tail", Address: head + 900}}}
		for at := head; at < head+900; at += 60 {
			r.Blocks = append(r.Blocks, trace.Block{Address: at, Size: 60, State: states[(int(at/60)+i/3)%len(states)], Label: string('a' + rune(at/60%26))})
		}
		r.Lists = []trace.FreeList{{Size: 64, Blocks: []uint64{head, head + 120}}, {Size: 128}}
		r.Waiting = []uint64{head + 60}
		t.States = append(t.States, trace.State{Name: "ring", Text: fmt.Sprint("head ", head), Ring: r})
		t.Events = append(t.Events, trace.Event{Kind: trace.Step, Step: i + 1, Op: "turn", Object: trace.None, Parent: trace.None, Place: trace.None, States: []int{i}})
	}
	return t
}

// LostUpdate returns a trace as an ordinary program has it: no ring, no history. Two
// tasks increment a number by loading and storing it.
func LostUpdate() *trace.Trace {
	return fails(func(s *schedules.S) {
		var n atomic.Int64
		s.Name(&n, "counter")
		s.Observe("counter", func() string { return fmt.Sprint(n.Load()) })
		for _, name := range []string{"alice", "bob"} {
			s.Go(name, func() {
				s.Invoke("increment", nil)
				old := n.Load()
				n.Store(old + 1)
				s.Return(func() string { return fmt.Sprint(old + 1) })
			})
		}
		s.Wait()
		if got := n.Load(); got != 2 {
			s.Errorf("two increments made %d", got)
		}
	}, schedules.Config{})
}

// Deadlock returns the trace of two tasks that take two locks in different orders.
func Deadlock() *trace.Trace {
	return fails(func(s *schedules.S) {
		var left, right sync.Mutex
		s.Name(&left, "left")
		s.Name(&right, "right")
		transfer := func(from, to *sync.Mutex) {
			from.Lock()
			to.Lock()
			to.Unlock()
			from.Unlock()
		}
		s.Go("alice", func() { transfer(&left, &right) })
		s.Go("bob", func() { transfer(&right, &left) })
		s.Wait()
	}, schedules.Config{})
}

// Long returns a trace of about so many steps, of three tasks that are interrupted all
// the time.
func Long(steps int) *trace.Trace {
	return fails(func(s *schedules.S) {
		var n [4]atomic.Int64
		for _, name := range []string{"a", "b", "c"} {
			s.Go(name, func() {
				for i := range steps / 9 {
					s.Invoke("add", func() string { return fmt.Sprint(i) })
					at := &n[i%len(n)]
					at.Store(at.Load() + 1)
					s.Return(nil)
				}
			})
		}
		s.Wait()
		s.Errorf("it is long")
	}, schedules.Config{Strategy: schedules.Random(1), NoMinimise: true, Steps: 10 * steps})
}

// Hostile returns a trace whose texts try to be something else than text.
func Hostile() *trace.Trace {
	const evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & \u2028 \" ' `${alert(3)}` <!-- <script> ]]> \x00 é"
	at := trace.Event{Task: 1, Object: 0, Parent: trace.None, Place: 0}
	event := func(kind trace.Kind, step int) trace.Event {
		ev := at
		ev.Kind, ev.Step = kind, step
		ev.Op, ev.Args, ev.Result, ev.Text, ev.Before, ev.After = evil, evil, evil, evil, evil, "2"+evil
		return ev
	}
	t := &trace.Trace{
		Program: evil, Notes: []string{evil},
		Failure: &trace.Failure{Class: evil, Message: evil, Task: evil, Stack: evil, Advice: evil, Strategy: evil, Reproduce: evil, Why: []string{evil}},
		Tasks:   []string{"main", evil}, Objects: []trace.Object{{Name: evil, Type: evil}},
		Places:  []trace.Place{{Function: evil, File: evil, Line: 2}},
		Sources: []trace.Source{{File: evil, First: 1, Lines: []string{evil, evil, evil}}},
		States: []trace.State{{Name: evil, Text: evil, Fields: []trace.Field{{Name: evil, Value: evil}}}, {Name: "r" + evil, Text: evil, Ring: &trace.Ring{
			Capacity: 100, Pointers: []trace.Pointer{{Name: evil}}, Blocks: []trace.Block{{Size: 10, State: evil, Label: evil}},
		}}},
		Events: []trace.Event{event(trace.Invocation, 1), event(trace.Step, 2), event(trace.Log, 2), event(trace.Access, 2), event(trace.Response, 2)},
		Window: &trace.Window{Task: 1, Object: 0, Read: 1, Change: 2, Rely: 3, Text: evil, Confirmed: evil},
		History: &trace.History{
			Operations: []trace.Operation{{Task: 1, Text: evil, Call: 1, Return: 2}, {Task: 0, Text: evil, Call: 1, Return: trace.None}},
			Order:      []int{0}, Unplaced: 1, Places: []trace.Placement{{After: 0, Reason: evil}},
		},
	}
	for i := 1; i < len(t.Events); i++ {
		t.Events[i].Parent = 0
	}
	t.Events[1].Writes = true
	t.Events[1].States = []int{0, 1}
	passing := clone(t)
	passing.Failure = nil
	t.Passing = &trace.Passing{Step: 2, Text: evil, Trace: passing}
	return t
}

func fails(body func(*schedules.S), cfg schedules.Config) *trace.Trace {
	f := schedules.Explore(context.Background(), body, cfg).Failure
	if f == nil || f.Trace == nil {
		panic("the sample does not fail")
	}
	return f.Trace
}

func clone(t *trace.Trace) *trace.Trace {
	text, err := json.Marshal(t)
	if err != nil {
		panic(err)
	}
	c := new(trace.Trace)
	if err := json.Unmarshal(text, c); err != nil {
		panic(err)
	}
	return c
}
