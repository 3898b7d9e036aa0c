package trace

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Version is the version of the format that [Write] writes and [Read] reads. Fields
// may be added without a new one.
const Version = 1

// formatName begins every file, so that nothing else is taken for a trace.
const formatName = "annulus trace"

// ErrFormat says that a file holds no trace of this version, or one whose parts do
// not fit together.
var ErrFormat = errors.New("no trace of this version")

// file is what stands in a file.
type file struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	*Trace
}

// Write writes the trace as JSON; docs/trace-format.md documents the format.
func Write(w io.Writer, t *Trace) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(file{formatName, Version, t})
}

// Read reads what [Write] has written. name is what errors, which wrap [ErrFormat],
// call the file; they tell its line, or the part that does not fit.
func Read(r io.Reader, name string) (*Trace, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	f := file{Trace: new(Trace)}
	if err := json.Unmarshal(content, &f); err != nil {
		line := 1
		var syntax *json.SyntaxError
		var wrong *json.UnmarshalTypeError
		switch {
		case errors.As(err, &syntax):
			line += strings.Count(string(content[:syntax.Offset]), "\n")
		case errors.As(err, &wrong):
			line += strings.Count(string(content[:wrong.Offset]), "\n")
		}
		return nil, fmt.Errorf("%s:%d: %w: %w", name, line, ErrFormat, err)
	}
	if f.Format != formatName || f.Version != Version {
		return nil, fmt.Errorf("%s: %w: format %q, version %d; expected %q, version %d",
			name, ErrFormat, f.Format, f.Version, formatName, Version)
	}
	if err := f.Trace.validate(); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", name, ErrFormat, err)
	}
	return f.Trace, nil
}

// validate reports an index that leads nowhere, so that nobody who draws a trace
// needs to look.
func (t *Trace) validate() error {
	within := func(what string, i, least, n int) error {
		if i < least || i >= n {
			return fmt.Errorf("%s is %d; expected %d to %d", what, i, least, n-1)
		}
		return nil
	}
	for i, o := range t.Objects {
		if err := within(fmt.Sprintf("objects[%d].first", i), o.First, None, len(t.Places)); err != nil {
			return err
		}
	}
	for i := range t.Events {
		ev := &t.Events[i]
		at := fmt.Sprintf("events[%d].", i)
		if err := errors.Join(
			within(at+"task", ev.Task, 0, len(t.Tasks)),
			within(at+"object", ev.Object, None, len(t.Objects)),
			within(at+"place", ev.Place, None, len(t.Places)),
			within(at+"parent", ev.Parent, None, i),
		); err != nil {
			return err
		}
		for _, s := range ev.States {
			if err := within(at+"states", s, 0, len(t.States)); err != nil {
				return err
			}
		}
		if ev.Parent >= 0 && t.Events[ev.Parent].Kind != Invocation {
			return fmt.Errorf("%sparent is no invocation", at)
		}
	}
	if w := t.Window; w != nil {
		if err := errors.Join(
			within("window.task", w.Task, 0, len(t.Tasks)),
			within("window.object", w.Object, None, len(t.Objects)),
			within("window.read", w.Read, 0, len(t.Events)),
			within("window.change", w.Change, 0, len(t.Events)),
			within("window.rely", w.Rely, 0, len(t.Events)),
		); err != nil {
			return err
		}
		for i, at := range w.Points {
			if err := within(fmt.Sprintf("window.points[%d]", i), at, 0, len(t.Events)); err != nil {
				return err
			}
		}
	}
	if h := t.History; h != nil {
		if err := h.validate(len(t.Tasks), within); err != nil {
			return err
		}
	}
	if p := t.Passing; p != nil {
		if p.Trace == nil {
			return errors.New("passing.trace is missing")
		}
		if err := p.Trace.validate(); err != nil {
			return fmt.Errorf("passing.trace: %w", err)
		}
	}
	return nil
}

func (h *History) validate(tasks int, within func(what string, i, least, n int) error) error {
	for i, o := range h.Operations {
		if err := within(fmt.Sprintf("history.operations[%d].task", i), o.Task, 0, tasks); err != nil {
			return err
		}
	}
	for i, at := range h.Order {
		if err := within(fmt.Sprintf("history.order[%d]", i), at, 0, len(h.Operations)); err != nil {
			return err
		}
	}
	for i, p := range h.Places {
		if err := within(fmt.Sprintf("history.places[%d].after", i), p.After, 0, len(h.Order)+1); err != nil {
			return err
		}
	}
	return within("history.unplaced", h.Unplaced, None, len(h.Operations))
}
