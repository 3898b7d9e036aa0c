package trace

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// Perfetto writes the trace in the trace-event format of Chrome, which
// ui.perfetto.dev and chrome://tracing show. An event takes a microsecond there, since
// it has no time of its own: what matters is the order.
//
// Tasks are threads, operations are slices with their steps inside, and the critical
// window is a flow of arrows. Observed states are instants, and those of their fields
// that are numbers are counters. The judge's operations and the nearest passing
// execution, if there are any, are processes of their own.
func Perfetto(w io.Writer, t *Trace) error {
	var p perfetto
	t = t.shown()
	p.execution(failingProcess, "execution", t)
	p.window(t)
	p.history(t)
	if t.Passing != nil {
		p.execution(passingProcess, "nearest passing execution", t.Passing.Trace)
	}
	// What begins first comes first, and of those the one that has the others inside.
	slices.SortStableFunc(p.events, func(a, b perfettoEvent) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Ts, b.Ts), cmp.Compare(b.duration(), a.duration()))
	})
	return json.NewEncoder(w).Encode(map[string]any{"traceEvents": p.events, "displayTimeUnit": "ns"})
}

// The numbers of the processes.
const (
	failingProcess = iota + 1
	judgeProcess
	passingProcess
)

// perfettoEvent is an entry of the trace-event format; its fields are named as there.
type perfettoEvent struct {
	Name string         `json:"name"`
	Cat  string         `json:"cat,omitempty"`
	Ph   string         `json:"ph"`
	Ts   int            `json:"ts"`
	Dur  *int           `json:"dur,omitempty"`
	Pid  int            `json:"pid"`
	Tid  int            `json:"tid"`
	ID   string         `json:"id,omitempty"`
	BP   string         `json:"bp,omitempty"`
	S    string         `json:"s,omitempty"`
	Args map[string]any `json:"args,omitempty"`
}

func (e *perfettoEvent) duration() int {
	if e.Dur == nil {
		return 0
	}
	return *e.Dur
}

// rank puts names before everything else.
func (e *perfettoEvent) rank() int {
	if e.Ph == "M" {
		return 0
	}
	return 1
}

// perfetto collects events.
type perfetto struct {
	events []perfettoEvent
}

func (p *perfetto) add(e perfettoEvent) { p.events = append(p.events, e) }

func (p *perfetto) slice(pid, tid, from, dur int, name, category string, args map[string]any) {
	p.add(perfettoEvent{Name: name, Cat: category, Ph: "X", Ts: from, Dur: &dur, Pid: pid, Tid: tid, Args: args})
}

// names names a process and its threads.
func (p *perfetto) names(pid int, process string, tasks []string) {
	p.add(perfettoEvent{Name: "process_name", Ph: "M", Pid: pid, Args: map[string]any{"name": process}})
	p.add(perfettoEvent{Name: "process_sort_index", Ph: "M", Pid: pid, Args: map[string]any{"sort_index": pid}})
	for i, name := range tasks {
		p.add(perfettoEvent{Name: "thread_name", Ph: "M", Pid: pid, Tid: i + 1, Args: map[string]any{"name": name}})
		p.add(perfettoEvent{Name: "thread_sort_index", Ph: "M", Pid: pid, Tid: i + 1, Args: map[string]any{"sort_index": i}})
	}
}

// execution adds the events of an execution; that at index i takes the time from i to i+1.
func (p *perfetto) execution(pid int, name string, t *Trace) {
	p.names(pid, name, t.Tasks)
	ends := t.returns()
	for i := range t.Events {
		ev := &t.Events[i]
		tid := ev.Task + 1
		switch ev.Kind {
		case Invocation:
			args := map[string]any{"step": ev.Step}
			end, returned := ends[i]
			if !returned {
				end = len(t.Events) - 1
				args["open"] = true
			} else if result := t.Events[end].Result; result != "" {
				args["result"] = result
			}
			p.slice(pid, tid, i, end-i+1, ev.Op+"("+ev.Args+")", "operation", args)
		case Response:
		case Log:
			p.add(perfettoEvent{Name: ev.Text, Cat: "log", Ph: "i", Ts: i, Pid: pid, Tid: tid, S: "t"})
		default:
			p.slice(pid, tid, i, 1, t.stepName(ev), string(ev.Kind), t.stepArgs(ev))
		}
		if ev.Preemption {
			p.add(perfettoEvent{Name: "preemption", Cat: "preemption", Ph: "i", Ts: i, Pid: pid, Tid: tid, S: "p"})
		}
		for _, s := range ev.States {
			p.state(pid, tid, i, &t.States[s])
		}
	}
}

// returns maps invocations to their responses.
func (t *Trace) returns() map[int]int {
	ends := map[int]int{}
	for i := range t.Events {
		if ev := &t.Events[i]; ev.Kind == Response && ev.Parent >= 0 {
			ends[ev.Parent] = i
		}
	}
	return ends
}

func (t *Trace) stepName(ev *Event) string {
	if ev.Object < 0 {
		return ev.Op
	}
	return cmp.Or(ev.As, t.Objects[ev.Object].Name) + "." + ev.Op
}

func (t *Trace) stepArgs(ev *Event) map[string]any {
	args := map[string]any{"step": ev.Step}
	for name, text := range map[string]string{"args": ev.Args, "result": ev.Result, "before": ev.Before, "after": ev.After, "why": ev.Text} {
		if text != "" {
			args[name] = text
		}
	}
	if ev.Place >= 0 {
		place := t.Places[ev.Place]
		args["place"] = fmt.Sprintf("%s:%d", place.File, place.Line)
	}
	return args
}

// state shows what is observed from the end of the event on.
func (p *perfetto) state(pid, tid, at int, s *State) {
	p.add(perfettoEvent{Name: s.Name, Cat: "state", Ph: "i", Ts: at + 1, Pid: pid, Tid: tid, S: "t", Args: map[string]any{"text": s.Text}})
	numbers := map[string]any{}
	for _, f := range s.Fields {
		if n, err := strconv.ParseInt(f.Value, 10, 64); err == nil {
			numbers[f.Name] = n
		}
	}
	if len(numbers) > 0 {
		p.add(perfettoEvent{Name: s.Name, Cat: "state", Ph: "C", Ts: at + 1, Pid: pid, Args: numbers})
	}
}

// window adds arrows from what was read to what made it false, and on to what relied
// on it.
func (p *perfetto) window(t *Trace) {
	w := t.Window
	if w == nil {
		return
	}
	points := slices.Sorted(slices.Values(w.All()))
	for i, at := range points {
		e := perfettoEvent{Name: "critical window", Cat: "window", Ph: "t", Ts: at, Pid: failingProcess, Tid: t.Events[at].Task + 1, ID: "window"}
		switch i {
		case 0:
			e.Ph = "s"
		case len(points) - 1:
			e.Ph = "f"
			e.BP = "e" // it ends at the slice around it, not at the next
		}
		p.add(e)
	}
}

// history adds the judge's operations. Those of one task can overlap, so they are
// asynchronous slices.
func (p *perfetto) history(t *Trace) {
	h := t.History
	if h == nil {
		return
	}
	p.names(judgeProcess, "operations as the judge sees them", t.Tasks)
	rank := map[int]int{}
	for i, number := range h.Order {
		rank[number] = i + 1
	}
	for i, o := range h.Operations {
		args := map[string]any{"task": t.Tasks[o.Task]}
		if r := rank[i]; r > 0 {
			args["order"] = r
		}
		if i == h.Unplaced {
			args["order"] = "finds no place"
		}
		from, to := t.span(&o)
		e := perfettoEvent{Name: o.Text, Cat: "judge", Ph: "b", Ts: from, Pid: judgeProcess, Tid: o.Task + 1, ID: "operation " + strconv.Itoa(i), Args: args}
		p.add(e)
		e.Ph, e.Ts, e.Args = "e", to+1, nil
		p.add(e)
	}
}

// span returns the first and the last event of the operation, which tells steps.
func (t *Trace) span(o *Operation) (first, last int) {
	first, last = None, len(t.Events)-1
	for i := range t.Events {
		ev := &t.Events[i]
		if ev.Task != o.Task {
			continue
		}
		if first == None && ev.Step >= o.Call {
			first = i
		}
		if o.Return != None && ev.Step <= o.Return {
			last = i
		}
	}
	if first == None {
		first = last
	}
	return first, max(first, last)
}
