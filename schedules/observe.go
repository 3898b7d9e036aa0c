package schedules

import (
	"fmt"

	"annulus/schedules/internal/hook"
	"annulus/schedules/trace"
)

// observer shows a state of the program in traces.
type observer struct {
	name   string
	always bool // after every step, and not only after responses
	state  func() trace.State
}

// Observe gives traces a line of state, such as a picture of a data structure.
// They show it after a Return, and at the end, where it has changed. text may
// use the drop-ins, but must not wait for a lock, which a task that has failed may
// still hold: it is run outside the execution, between two of its steps.
// It is called only when the execution is recorded.
func (s *S) Observe(name string, text func() string) {
	s.task()
	s.observers = append(s.observers, observer{name, false, func() trace.State { return trace.State{Text: text()} }})
}

// Watch is like [S.Observe] for a state that traces can show after every step, and
// whose parts they can name and draw. state must cope with a structure that tasks
// have been stopped in the middle of changing. The name is put in by Watch.
func (s *S) Watch(name string, state func() trace.State) {
	s.task()
	s.observers = append(s.observers, observer{name, true, state})
}

// Judged has the trace show the history of the program's operations as history returns
// it, with what a judge has found. It is called once, when an execution that is
// recorded has ended, with the drop-ins passing through. What is said there to fit
// nowhere takes part in the search for the critical window.
func (s *S) Judged(history func() *trace.History) {
	s.task()
	s.judged = history
}

// watch records the states after the last step.
func (r *recorder) watch() { r.look(true) }

// observe records the states after a response, or at the end.
func (r *recorder) observe() { r.look(false) }

// look records the states that have changed as those after the newest event.
func (r *recorder) look(onlyAlways bool) {
	if r.bare || len(r.trace.Events) == 0 {
		return
	}
	hook.Quietly(func() {
		for i, o := range r.e.s.observers {
			if onlyAlways && !o.always {
				continue
			}
			state := o.look()
			boundedState(&state)
			key := fmt.Sprint(i, state.Text, state.Fields)
			if state.Ring != nil {
				key += fmt.Sprint(*state.Ring)
			}
			at, ok := r.states[key]
			if !ok {
				at = len(r.trace.States)
				r.states[key] = at
				r.trace.States = append(r.trace.States, state)
			}
			if shown, ok := r.shown[i]; !ok || shown != at {
				r.shown[i] = at
				r.newest().States = append(r.newest().States, at)
			}
		}
	})
}

// look returns the state. A panic is part of what it shows: the structure may be
// broken, which is why somebody looks at it.
func (o *observer) look() (state trace.State) {
	defer func() {
		if value := recover(); value != nil {
			state = trace.State{Name: o.name, Text: "cannot be shown: " + panicText(value)}
		}
	}()
	state = o.state()
	state.Name = o.name
	return state
}
