package trace

import (
	"cmp"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// Words tells in a few words what the event is: "Store n: 0 → 1".
func (t *Trace) Words(ev *Event) string {
	switch ev.Kind {
	case Invocation:
		return ev.Op + "(" + ev.Args + ")"
	case Response:
		if ev.Result == "" {
			return "returns"
		}
		return "= " + ev.Result
	case Log:
		return ev.Text
	case Pending:
		if ev.Object != None {
			return "waits at " + ev.Op + " " + t.name(ev)
		}
		if all, ok := strings.CutPrefix(ev.Op, "wait "); ok {
			return "waits " + all
		}
		return "waits at " + ev.Op
	}
	op, note := ev.Op, ""
	if communicates[op] {
		return t.communication(ev)
	}
	if known, ok := inWords[op]; ok {
		op, note = known.op, known.note
	}
	if ev.Object == None {
		return join(op, bracketed(ev.Args), answer(ev.Result))
	}
	name := t.name(ev)
	switch {
	case ev.Result == "false" && ev.Args != "" && ev.Before != "": // a CompareAndSwap
		return fmt.Sprintf("%s %s fails: %s, not %s", op, name, ev.Before, firstOf(ev.Args))
	case ev.Before != ev.After:
		return fmt.Sprintf("%s %s: %s", op, name, change(ev.Before, ev.After))
	case ev.After != "" && (op == "Load" || ev.Kind == Access && ev.Reads || ev.Writes):
		return fmt.Sprintf("%s %s: %s", op, name, ev.After)
	case ev.After != "":
		return fmt.Sprintf("%s %s: %s as before", op, name, ev.After)
	}
	return join(op, name+bracketed(ev.Args)+note, answer(ev.Result))
}

// inWords are the names of operations that people know by others, with what is to be
// said about them.
var inWords = map[string]struct{ op, note string }{
	"CompareAndSwap": {"CAS", ""},
	"Announce":       {"Lock", ", announced"}, // of a readers-writer lock: no reader comes in any more
	"WriteLock":      {"Lock", ", admitted"},  // no reader is inside
	"Awake":          {"Wait", ", awake"},
}

// communicates has the operations on channels.
var communicates = map[string]bool{"send": true, "receive": true, "select": true, "poll": true, "sent": true, "received": true}

// communication tells of an operation on channels: what it has come to is a phrase.
func (t *Trace) communication(ev *Event) string {
	if ev.Object == None {
		return join(ev.Op, ev.Args, ev.Result)
	}
	return join(ev.Op, t.name(ev)+bracketed(ev.Args), ev.Result)
}

// name is what the event's object is called there.
func (t *Trace) name(ev *Event) string { return cmp.Or(ev.As, t.Objects[ev.Object].Name) }

// change is the text for a value that was before and is after. The words in which both
// end are said once.
func change(before, after string) string {
	if before != after {
		before = withoutEnd(before, after)
	}
	switch {
	case before == after:
		return after
	case before == "":
		return "none → " + after
	case after == "":
		return before + " → gone"
	}
	return before + " → " + after
}

// withoutEnd leaves out of a text the words at its end that after has at its end, too.
func withoutEnd(text, after string) string {
	words, others := strings.Fields(text), strings.Fields(after)
	n := 0
	for n < len(words)-1 && n < len(others)-1 && words[len(words)-1-n] == others[len(others)-1-n] {
		n++
	}
	if n == 0 {
		return text
	}
	return strings.Join(words[:len(words)-n], " ")
}

func join(parts ...string) string {
	var text []string
	for _, p := range parts {
		if p != "" {
			text = append(text, p)
		}
	}
	return strings.Join(text, " ")
}

func bracketed(args string) string {
	if args == "" {
		return ""
	}
	return "(" + args + ")"
}

func answer(result string) string {
	if result == "" || strings.HasPrefix(result, "wakes") {
		return result
	}
	return "= " + result
}

// firstOf returns the first of operands.
func firstOf(args string) string {
	first, _, _ := strings.Cut(args, ", ")
	return first
}

// Where returns the event's place as base name and line, or "".
func (t *Trace) Where(ev *Event) string {
	if ev.Place == None {
		return ""
	}
	p := &t.Places[ev.Place]
	return path.Base(p.File) + ":" + strconv.Itoa(p.Line)
}
