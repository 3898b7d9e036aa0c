package trace

import (
	"fmt"
	"strings"
)

// racing finds the two accesses of a race: the last one, and the last one before it of
// another task that conflicts with it.
func (t *Trace) racing() *Window {
	for i := len(t.Events) - 1; i >= 0; i-- {
		late := &t.Events[i]
		if late.Kind != Access {
			continue
		}
		for j := i - 1; j >= 0; j-- {
			ev := &t.Events[j]
			if ev.Kind != Access || ev.Object != late.Object || ev.Task == late.Task || !ev.Writes && !late.Writes {
				continue
			}
			p := newPoints(t, raceTitle)
			for _, at := range []int{j, i} {
				p.add(at, "%s %s", t.Tasks[t.Events[at].Task], t.accesses(at))
			}
			w := p.window()
			w.Object = late.Object
			return w
		}
	}
	return nil
}

// accesses tells of an access to a variable, and of the locks under which it is made.
func (t *Trace) accesses(at int) string {
	ev := &t.Events[at]
	verb := "reads"
	if ev.Writes {
		verb = "writes"
	}
	return fmt.Sprintf("%s %s, holding %s", verb, t.name(ev), t.holding(at, ev.Task))
}

// holding names the locks that the task has before event at.
func (t *Trace) holding(at, task int) string {
	var names []string
	for _, h := range t.holds(at) {
		if h.task != task || h.how == "wants" || h.how == "does" {
			continue
		}
		name := t.name(&t.Events[h.event])
		if h.how == "reads" {
			name += " for reading"
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return "no lock"
	}
	return strings.Join(names, " and ")
}

// lastWritten tells what was read last ahead of the failure, and who had written it.
func (t *Trace) lastWritten() *Window {
	f := t.Failure
	if f == nil || f.Class != "property" && f.Class != "panic" {
		return nil
	}
	for i := min(t.failing(), len(t.Events)) - 1; i >= 0; i-- {
		read := &t.Events[i]
		if read.Object == None || read.After == "" || !read.Reads && read.Kind != Access || f.Task != "" && t.Tasks[read.Task] != f.Task {
			continue
		}
		for j := i - 1; j >= 0; j-- {
			ev := &t.Events[j]
			if ev.Object != read.Object || !ev.Writes {
				continue
			}
			if ev.Task == read.Task || ev.Task == 0 { // the body has set it up
				return nil
			}
			p := newPoints(t, lastTitle)
			p.add(j, "%s writes: %s", t.Tasks[ev.Task], t.Words(ev))
			p.add(i, "%s reads %s", t.Tasks[read.Task], t.value(read))
			w := p.window()
			w.Object = read.Object
			return w
		}
	}
	return nil
}
