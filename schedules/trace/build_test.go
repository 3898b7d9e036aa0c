package trace

import "strings"

// script builds a trace from lines, each of a task and what it does:
//
//	a invoke op args      a Load x 0         a CAS x 0 1 (succeeds)
//	a return result       a Store x 0 1      a CAS! x 1 0 2 (finds 1, wants 0, would store 2)
//	a RMW x 0 1           a Lock m           a log text         state name value name value …
//
// A * before the task marks a preemption.
func script(lines ...string) *Trace {
	t := &Trace{Places: []Place{{"pkg.F", "pkg/file.go", 7}}}
	index := func(list *[]string, name string) int {
		for i, other := range *list {
			if other == name {
				return i
			}
		}
		*list = append(*list, name)
		return len(*list) - 1
	}
	t.Tasks = []string{"main"}
	var objects []string
	open := map[int][]int{}
	step, last := 0, None
	for _, line := range lines {
		preempts := strings.HasPrefix(line, "*")
		words := strings.Fields(strings.TrimPrefix(line, "*"))
		if words[0] == "state" {
			s := State{Name: "state"}
			for i := 1; i < len(words); i += 2 {
				s.Fields = append(s.Fields, Field{words[i], words[i+1]})
			}
			s.Text = strings.Join(words[1:], " ")
			t.States = append(t.States, s)
			ev := &t.Events[len(t.Events)-1]
			ev.States = append(ev.States, len(t.States)-1)
			continue
		}
		task := index(&t.Tasks, words[0])
		ev := Event{Kind: Step, Task: task, Object: None, Parent: None, Op: words[1], Preemption: preempts, Switch: last != None && last != task}
		last = task
		if calls := open[task]; len(calls) > 0 {
			ev.Parent = calls[len(calls)-1]
		}
		rest := words[2:]
		switch ev.Op {
		case "invoke":
			ev.Kind, ev.Op, ev.Args = Invocation, rest[0], strings.Join(rest[1:], " ")
			open[task] = append(open[task], len(t.Events))
		case "return":
			ev.Kind, ev.Op, ev.Result = Response, "", strings.Join(rest, " ")
			open[task] = open[task][:len(open[task])-1]
		case "log":
			ev.Kind, ev.Op, ev.Text = Log, "", strings.Join(rest, " ")
		default:
			ev.Object = index(&objects, rest[0])
			switch ev.Op {
			case "Load":
				ev.Reads, ev.Before, ev.After = true, rest[1], rest[1]
			case "Store":
				ev.Before, ev.After, ev.Writes = rest[1], rest[2], rest[1] != rest[2]
			case "RMW":
				ev.Op, ev.Reads, ev.Writes, ev.Before, ev.After = "Add", true, true, rest[1], rest[2]
			case "CAS":
				ev.Op, ev.Reads, ev.Writes, ev.Result = "CompareAndSwap", true, true, "true"
				ev.Before, ev.After, ev.Args = rest[1], rest[2], rest[1]+", "+rest[2]
			case "CAS!":
				ev.Op, ev.Reads, ev.Result = "CompareAndSwap", true, "false"
				ev.Before, ev.After, ev.Args = rest[1], rest[1], rest[2]+", "+rest[3]
			}
		}
		if ev.Kind == Step || ev.Kind == Invocation {
			step++
		}
		ev.Step = step
		t.Events = append(t.Events, ev)
	}
	for _, name := range objects {
		t.Objects = append(t.Objects, Object{Name: name, Type: "int64"})
	}
	return t
}
