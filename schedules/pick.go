package schedules

import (
	"reflect"
	"strconv"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// maxPick is the largest number of alternatives of one choice. Where there are
// more, the choice is made in two steps or more.
const maxPick = 64

// Pick implements [hook.Controller]. What is picked is a step of its own, without
// an object, in schedules and in the count of steps, but no other task can come
// before it.
func (e *engine) Pick(n int) int {
	t := e.cur
	switch {
	case n < 2 || t.dying:
		return 0
	case n > maxPick:
		block := e.Pick((n + maxPick - 1) / maxPick)
		return block*maxPick + e.Pick(min(maxPick, n-block*maxPick))
	}
	e.looked = true
	// The state in which the task has begun to pick is not the one before.
	e.advance(t, uint64(hook.Pick))
	c := &e.choice
	c.Enabled, c.Step, c.hash, c.err = firstTasks(n), e.steps, e.hash, nil
	c.Runnable, c.Cut = c.Enabled, false
	c.Current, c.current, c.BackOff, c.Free = -1, 0, false, false
	c.Data = true
	chosen := e.strategy.Choose(c)
	c.Data = false
	if c.err == nil && (chosen < 0 || chosen >= n) {
		c.err = &Failure{Class: Divergence, Message: "the strategy chose alternative " + strconv.Itoa(chosen) + " of " + strconv.Itoa(n)}
	}
	if c.err != nil {
		e.fail(c.err)
		t.suspend()
	}
	e.trail = append(e.trail, decision{hash: e.hash, task: int8(chosen), picker: uint8(t.id) + 1})
	e.picked(t, chosen)
	e.advance(t, uint64(chosen)+1)
	e.act(t) // the next time it may be another alternative
	return chosen
}

// picked accounts for the step in which t has picked.
func (e *engine) picked(t *task, chosen int) {
	e.steps++
	if e.logging {
		e.log = append(e.log, loggedPick(t, chosen))
	}
	step := func() Step {
		return Step{Task: e.label(t), Op: opNames[hook.Pick], Object: strconv.Itoa(chosen)}
	}
	if e.follow != nil {
		e.follow.takes(t, step())
	}
	if e.rec != nil {
		e.rec.steps = append(e.rec.steps, step())
	}
}

// picks reports whether the decision was a choice by a task between alternatives.
func (d decision) picks() bool { return d.picker > 0 }

// Number implements [hook.Controller].
func (e *engine) Number(value any) uint64 {
	if value != nil && !reflect.ValueOf(value).Comparable() {
		return 0
	}
	n, ok := e.numbers[value]
	if !ok {
		if e.numbers == nil {
			e.numbers = map[any]uint64{}
		}
		n = uint64(len(e.numbers)) + 1
		e.numbers[value] = n
	}
	return n
}

// Notes implements [hook.Controller].
func (e *engine) Notes(at unsafe.Pointer, typ hook.Type) *any {
	o := e.objects.get(at, typ)
	n, ok := e.notes[o.id]
	if !ok {
		if e.notes == nil {
			e.notes = map[int32]*any{}
		}
		n = new(any)
		e.notes[o.id] = n
	}
	return n
}

// forget begins an execution without numbers and notes.
func (e *engine) forget() {
	if len(e.numbers) > 0 {
		clear(e.numbers)
	}
	if len(e.notes) > 0 {
		clear(e.notes)
	}
}

// Show implements [hook.Controller].
func (e *engine) Show(operands, results []any) { e.rec.show(operands, results) }
