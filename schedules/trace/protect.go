package trace

import (
	"regexp"
	"strconv"
	"strings"
)

// citations are the steps that texts name.
var citations = regexp.MustCompile(`\bsteps? (\d+)`)

// cited returns the numbers of the steps that the text around the table names. Whoever
// reads of one must find it in the table.
func (t *Trace) cited() map[int]bool {
	var texts []string
	if f := t.Failure; f != nil {
		texts = append(append(texts, f.Message), f.Why...)
	}
	if w := t.Window; w != nil {
		texts = append(texts, w.Text, w.Confirmed)
		for _, at := range w.All() {
			if ev := &t.Events[at]; ev.Kind != Pending { // which is no step
				texts = append(texts, "step "+strconv.Itoa(ev.Step))
			}
		}
	}
	if p := t.Passing; p != nil {
		texts = append(texts, p.Text)
	}
	for i := range t.Events {
		if ev := &t.Events[i]; ev.Kind == Pending {
			texts = append(texts, ev.Text)
		}
	}
	steps := map[int]bool{}
	for _, found := range citations.FindAllStringSubmatch(strings.Join(texts, "\n"), -1) {
		if n, err := strconv.Atoi(found[1]); err == nil {
			steps[n] = true
		}
	}
	return steps
}

// standAlone returns which events must have a row of their own: those of the critical window,
// and those that have a step which the text names.
func (t *Trace) standAlone() []bool {
	steps := t.cited()
	list := make([]bool, len(t.Events))
	for i := range t.Events {
		ev := &t.Events[i]
		list[i] = t.Window.role(i) > 0 || ev.Kind == Pending || (ev.Kind == Step || ev.Kind == Invocation) && steps[ev.Step]
	}
	return list
}

// failingObjects returns the objects that the failure is about: that of the critical
// window and, where tasks wait, those that they wait for.
func (t *Trace) failingObjects() map[int]bool {
	objects := map[int]bool{}
	if w := t.Window; w != nil && w.Object != None {
		objects[w.Object] = true
	}
	for i := range t.Events {
		if ev := &t.Events[i]; ev.Kind == Pending && ev.Object != None && t.endsWaiting() {
			objects[ev.Object] = true
		}
	}
	return objects
}

// endsWaiting reports whether the failure is that tasks wait.
func (t *Trace) endsWaiting() bool {
	if t.Failure == nil {
		return false
	}
	switch t.Failure.Class {
	case "deadlock", "leak", "livelock", "step cap":
		return true
	}
	return false
}
