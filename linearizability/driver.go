package linearizability

import (
	"context"
	"fmt"
	"reflect"
	"strconv"

	"annulus/buffer"
	"annulus/linearizability/history"
	"annulus/linearizability/scenario"
	"annulus/model"
	"annulus/schedules"
	"annulus/schedules/atomic"
)

// home is the path of this package. Traces leave out places in it, which say nothing about
// a program.
var home = reflect.TypeFor[driver]().PkgPath()

// driver executes a program on a real buffer, again and again. What an
// execution needs is allocated once; only the buffer is new each time.
type driver struct {
	code    *scenario.Compiled
	judge   *verdicts // on the history up to the end of the tasks
	last    *verdicts // on the whole history
	names   history.Names
	config  buffer.Config
	context *stopContext
	actors  []*actor // actors[0] is main
	end     ending
	words   []string // names of the words of metadata by granule

	nameObject func(object any, role string, slot int)

	// State of the execution. Tasks share it; shared.go says why that is safe.
	s         *schedules.S
	buf       *buffer.Buffer
	vars      []variable
	hist      recorder
	seen      []*model.Observation // in use: seen[:observed]
	observed  int
	evictions int                   // evictions that have succeeded and are in the history
	bytes     int64                 // sum of what evictions have returned
	made      map[model.Addr]uint64 // sizes of the blocks that were stocked
	drained   bool                  // some bytes that were evicted may be in no operation's result
	closed    bool
	again     string               // says that an owner got the last owner's right; "" if none did
	broken    Check                // what failed first, or ""
	why       *history.Explanation // if the history is not linearizable and was explained
}

// variable is an allocation of the program.
type variable struct {
	// The allocation. The task that allocates sets these once, together with a state other
	// than nothing. See actor.knows.
	ref  buffer.Ref
	addr model.Addr
	size uint64
	gen  uint16

	// Who holds it. See actor.may and actor.takes.
	state  holding
	owner  int // task that has the guard or handle
	guard  buffer.Guard
	handle buffer.Handle

	last buffer.Handle // the last right to it, a handle's or an evictor's. See actor.claimed.
}

// holding is what the program has of an allocation.
type holding uint8

const (
	nothing holding = iota // not allocated
	loose                  // a reference
	guarded                // a guard, too
	handled                // a handle, too
)

// Check is a check that the driver makes of every execution. Failures that the scheduler
// itself finds, such as deadlocks, are of no Check.
type Check string

// The checks.
const (
	// Linearizable: the history is linearizable with respect to the model.
	Linearizable Check = "linearizable"
	// Content: a block holds what its owner wrote.
	Content Check = "content"
	// Invariant: the invariants of the ring hold whenever it is at rest.
	Invariant Check = "invariant"
	// Answered: an operation returns only what is documented, and the counts that it
	// returns agree with each other.
	Answered Check = "answer"
	// Progress: a ring that is not in use can be emptied and used again.
	Progress Check = "progress"
	// Decided: there is a verdict on every history, so that none was given up.
	Decided Check = "decided"
)

func newDriver(c *scenario.Compiled) *driver {
	names := namesOf(c)
	d := &driver{
		code:    c,
		judge:   newVerdicts(c.Model, names),
		last:    newVerdicts(c.Model, names),
		names:   names,
		config:  c.Program.Ring.Buffer(make([]byte, c.Program.Ring.Capacity)),
		context: &stopContext{Context: context.Background()},
	}
	d.vars = make([]variable, len(d.names.Blocks))
	d.made = map[model.Addr]uint64{}
	d.actors = append(d.actors, newActor(d, 0, scenario.MainTask, nil))
	for i, t := range c.Program.Tasks {
		d.actors = append(d.actors, newActor(d, i+1, t.Name, c.Tasks[i]))
	}
	d.end = newEnding(d)
	for at := 0; at < c.Program.Ring.Capacity; at += buffer.Granule {
		d.words = append(d.words, wordName+strconv.Itoa(at))
	}
	d.nameObject = func(object any, role string, slot int) {
		if slot >= 0 {
			role = d.words[slot]
		}
		d.s.Name(object, role)
	}
	return d
}

// run is the body of an execution.
func (d *driver) run(s *schedules.S) {
	d.reset(s)
	d.open()
	if d.code.Stops {
		*d.context = stopContext{Context: context.Background()}
		s.Name(&d.context.stopped, "context")
	}
	s.Watch("ring", d.look)
	main := d.actors[0]
	main.do(d.code.Setup)
	if d.code.Closes && len(d.hist.gaps) > 0 {
		d.recount() // once the ring is closed, it cannot be found out what was evicted unseen
	}
	for _, a := range d.actors[1:] {
		s.Go(a.name, a.run)
	}
	s.Wait()
	d.rest()
	d.judgeBy(d.judge)
	for i := range d.code.After {
		main.perform(&d.code.After[i])
		d.recount()
	}
	d.end.run()
	d.judgeBy(d.last)
}

func (d *driver) reset(s *schedules.S) {
	d.s = s
	d.hist.reset()
	clear(d.vars)
	clear(d.made)
	clear(d.config.Memory)
	d.observed, d.evictions, d.bytes = 0, 0, 0
	d.drained, d.closed, d.again, d.broken, d.why = false, false, "", "", nil
	for _, a := range d.actors {
		a.reset()
	}
}

func (d *driver) open() {
	var err error
	if d.buf, err = buffer.New(d.config); err != nil {
		d.fail(Answered, "New: %v", err)
	}
	for i, a := range d.actors {
		if d.code.Workers[i] {
			a.worker = d.buf.NewWorker()
		}
	}
	d.buf.Tools().EachSync(d.nameObject)
	if d.s.Recording() {
		d.hist.timed(d.s.Steps)
		d.s.Harness(home)
		d.s.Judged(d.drawn)
		d.s.Rename(d.nameWord)
		d.s.Format(d.formatWord)
	}
}

// judgeBy has the history so far judged, and then checks that each right was a new one. The
// history comes first, since two owners at the same time are the worse mistake.
func (d *driver) judgeBy(j *verdicts) {
	v := j.of(&d.hist)
	switch v.Verdict {
	case history.NotLinearizable:
		d.why = v.Why
		d.fail(Linearizable, "%s", v.Reason)
	case history.Undecided:
		d.fail(Decided, "%s", v.Reason)
	}
	if d.again != "" {
		d.fail(Answered, "%s", d.again)
	}
}

// fail ends the execution with a failure of the check.
func (d *driver) fail(check Check, format string, args ...any) {
	if d.broken == "" {
		d.broken = check
	}
	d.s.Fatalf("%s: %s", check.heading(), fmt.Sprintf(format, args...))
}

var headings = map[Check]string{
	Linearizable: "not linearizable",
	Decided:      "no verdict",
	Progress:     "no progress",
	Answered:     "unexpected answer",
}

// heading is how messages about the check's failures begin.
func (c Check) heading() string {
	if h, ok := headings[c]; ok {
		return h
	}
	return string(c)
}

// find returns the variable of an allocation, or nil.
func (d *driver) find(addr model.Addr, gen uint16) *variable {
	for i := range d.vars {
		if v := &d.vars[i]; v.state != nothing && v.addr == addr && v.gen == gen {
			return v
		}
	}
	return nil
}

// number returns the variable's number, or -1.
func (d *driver) number(v *variable) int {
	for i := range d.vars {
		if v == &d.vars[i] {
			return i
		}
	}
	return -1
}

// memory returns the bytes of the variable's block, without the buffer's help:
// the driver knows where they must be.
func (d *driver) memory(v *variable) []byte {
	at := uint64(v.addr) % uint64(d.config.Capacity)
	return d.config.Memory[at : at+v.size]
}

// examine checks the bytes of the variable's block and returns the tag.
func (d *driver) examine(v *variable, when string) uint64 {
	i := d.number(v)
	block, tag := d.memory(v), tagOf(i)
	if wrong := firstWrong(block, tag); wrong >= 0 {
		d.fail(Content, "%s, block %v gen %d, which is %s, does not hold the bytes of %[4]s: byte %[5]d is %[6]s",
			when, v.addr, v.gen, d.names.Blocks[i], wrong, describeWord(block, wrong, d.names.Blocks))
	}
	return tag
}

// same checks that got, which the buffer returned, is the memory of the variable's block.
func (d *driver) same(got []byte, v *variable, what string) {
	if want := d.memory(v); len(got) != len(want) || &got[0] != &want[0] {
		d.fail(Content, "%s of %s, block %v.%d, returns %d bytes from another place, or another number than %d",
			what, d.names.Blocks[d.number(v)], v.addr, v.gen, len(got), v.size)
	}
}

// observation returns an empty observation, whose memory is that of an earlier execution.
func (d *driver) observation() *model.Observation {
	if d.observed == len(d.seen) {
		d.seen = append(d.seen, new(model.Observation))
	}
	o := d.seen[d.observed]
	d.observed++
	*o = model.Observation{Blocks: o.Blocks[:0]}
	return o
}

// stopContext is a context that a task of the program ends.
type stopContext struct {
	context.Context
	stopped atomic.Bool
}

// Err implements context.Context.
func (c *stopContext) Err() error {
	if c.stopped.Load() {
		return context.Canceled
	}
	return nil
}
