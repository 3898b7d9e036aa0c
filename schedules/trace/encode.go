package trace

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"annulus/schedules/files"
	"annulus/schedules/quote"
)

// Version is the version of the format that [Write] writes and [Read] reads. Fields
// may be added without a new one.
const Version = 2

// formatName begins every file, so that nothing else is taken for a trace.
const formatName = "annulus trace"

// maxBytes bounds the files that are read as traces: one of 20,000 steps has some 6 MB.
const maxBytes = 32 << 20

// header says what a file is.
type header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Count   int    `json:"count"` // of the events
}

// file is what stands in a file.
type file struct {
	header
	*Trace
}

// Write writes the trace as JSON; docs/trace-format.md documents the format. Where a
// text has what a terminal would act on, the JSON has an escape, such as \u202e.
func Write(w io.Writer, t *Trace) error {
	e := json.NewEncoder(quote.Writer(w))
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(file{header{formatName, Version, len(t.Events)}, t})
}

// Read reads what [Write] has written, at most 32 MiB. What is wrong with another text,
// one that was cut or has parts missing or whose parts do not fit together, is a
// [files.SyntaxError], which has the name for the file and the line.
func Read(r io.Reader, name string) (*Trace, error) {
	content, err := files.Read(r, maxBytes, "a trace")
	if err != nil {
		return nil, files.In(name, err)
	}
	t, err := parse(content)
	return t, files.In(name, err)
}

// parse reads the content of a file.
func parse(content []byte) (*Trace, error) {
	const expected = "a trace that was kept as trace.json"
	var h header
	if err := files.DecodeJSON(content, &struct {
		Format  *string `json:"format"`
		Version *int    `json:"version"`
	}{&h.Format, &h.Version}, expected); err != nil {
		return nil, err
	}
	switch {
	case h.Format != formatName:
		return nil, files.At(content, "format", files.Quote(h.Format), strconv.Quote(formatName))
	case h.Version != Version:
		return nil, files.At(content, "version", strconv.Itoa(h.Version),
			fmt.Sprintf("%d: traces are not converted, but made anew by replaying the schedule", Version))
	}
	f := file{Trace: new(Trace)}
	if err := files.DecodeJSON(content, &f, expected); err != nil {
		return nil, err
	}
	if f.Count != len(f.Events) {
		return nil, files.At(content, "count", strconv.Itoa(f.Count), fmt.Sprintf("%d, the number of events that there are", len(f.Events)))
	}
	if wrong := f.validate(""); wrong != nil {
		return nil, files.At(content, wrong.path, wrong.found, wrong.expected)
	}
	return f.Trace, nil
}

// misfit is a value that does not fit to others.
type misfit struct{ path, found, expected string }

// within returns a misfit unless i is from least to below n.
func within(path string, i, least, n int) *misfit {
	if i < least || i >= n {
		return &misfit{path, strconv.Itoa(i), fmt.Sprintf("%d to %d", least, n-1)}
	}
	return nil
}

// validate returns the first index that leads nowhere, so that nobody who draws a trace
// needs to look. prefix is the path of the trace.
func (t *Trace) validate(prefix string) *misfit {
	for i, s := range t.Starts {
		if wrong := cmp.Or(
			within(fmt.Sprintf("%sstarts[%d].by", prefix, i), s.By, None, len(t.Tasks)),
			within(fmt.Sprintf("%sstarts[%d].place", prefix, i), s.Place, None, len(t.Places)),
		); wrong != nil {
			return wrong
		}
	}
	for i, o := range t.Objects {
		if wrong := within(fmt.Sprintf("%sobjects[%d].first", prefix, i), o.First, None, len(t.Places)); wrong != nil {
			return wrong
		}
	}
	for i := range t.Events {
		if wrong := t.validateEvent(i, fmt.Sprintf("%sevents[%d].", prefix, i)); wrong != nil {
			return wrong
		}
	}
	if w := t.Window; w != nil {
		if wrong := cmp.Or(
			within(prefix+"window.task", w.Task, 0, len(t.Tasks)),
			within(prefix+"window.object", w.Object, None, len(t.Objects)),
			within(prefix+"window.read", w.Read, 0, len(t.Events)),
			within(prefix+"window.change", w.Change, 0, len(t.Events)),
			within(prefix+"window.rely", w.Rely, 0, len(t.Events)),
		); wrong != nil {
			return wrong
		}
		for i, at := range w.Points {
			if wrong := within(fmt.Sprintf("%swindow.points[%d]", prefix, i), at, 0, len(t.Events)); wrong != nil {
				return wrong
			}
		}
	}
	if h := t.History; h != nil {
		if wrong := h.validate(prefix+"history.", len(t.Tasks)); wrong != nil {
			return wrong
		}
	}
	if p := t.Passing; p != nil {
		if p.Trace == nil {
			return &misfit{prefix + "passing.trace", "null", "a trace"}
		}
		return p.Trace.validate(prefix + "passing.trace.")
	}
	return nil
}

func (t *Trace) validateEvent(i int, at string) *misfit {
	ev := &t.Events[i]
	if wrong := cmp.Or(
		within(at+"task", ev.Task, 0, len(t.Tasks)),
		within(at+"object", ev.Object, None, len(t.Objects)),
		within(at+"place", ev.Place, None, len(t.Places)),
		within(at+"parent", ev.Parent, None, i),
	); wrong != nil {
		return wrong
	}
	for k, s := range ev.States {
		if wrong := within(fmt.Sprintf("%sstates[%d]", at, k), s, 0, len(t.States)); wrong != nil {
			return wrong
		}
	}
	if ev.Parent >= 0 && t.Events[ev.Parent].Kind != Invocation {
		return &misfit{at + "parent", strconv.Itoa(ev.Parent), "the index of an invocation"}
	}
	return nil
}

func (h *History) validate(prefix string, tasks int) *misfit {
	for i, o := range h.Operations {
		if wrong := within(fmt.Sprintf("%soperations[%d].task", prefix, i), o.Task, 0, tasks); wrong != nil {
			return wrong
		}
	}
	for i, at := range h.Order {
		if wrong := within(fmt.Sprintf("%sorder[%d]", prefix, i), at, 0, len(h.Operations)); wrong != nil {
			return wrong
		}
	}
	for i, p := range h.Places {
		if wrong := within(fmt.Sprintf("%splaces[%d].after", prefix, i), p.After, 0, len(h.Order)+1); wrong != nil {
			return wrong
		}
	}
	return within(prefix+"unplaced", h.Unplaced, None, len(h.Operations))
}
