package trace

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
)

// The parts of the page. They are files of their own so that editors and browsers
// treat them as what they are.
var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
	//go:embed page.js
	pageJS string
)

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// HTML writes the trace as a page for a browser. The page is one file that needs
// nothing else, and no network: it holds the trace as JSON and a program that
// draws it. Whatever the texts of the trace contain is shown, never interpreted: what
// would change the direction of a line is written as in \u202e.
// docs/trace-format.md says what the page shows.
func HTML(w io.Writer, t *Trace) error {
	t = t.shown()
	data, err := json.Marshal(t) // escapes <, > and &, so that no text can end the element
	if err != nil {
		return fmt.Errorf("trace as a page: %w", err)
	}
	return pageTemplate.Execute(w, map[string]any{
		"Title":   t.title(),
		"Message": t.message(),
		"Opens":   t.opens(),
		"Policy":  contentPolicy(pageCSS, pageJS),
		"Style":   template.CSS(pageCSS),
		"Script":  template.JS(pageJS),
		"Data":    template.JS(data),
	})
}

// contentPolicy is the page's content security policy: its own style and script
// run, nothing else does, and nothing is loaded from anywhere.
func contentPolicy(style, script string) string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return fmt.Sprintf("default-src 'none'; img-src data:; style-src %s; script-src %s", hash(style), hash(script))
}

// opens returns the event that the page shows first: where the failure shows, or the first
// preemption of an execution that has passed.
func (t *Trace) opens() int {
	is := func(ev Event) bool { return ev.Kind != Pending }
	switch at := t.failing(); {
	case t.Failure == nil:
		return max(0, slices.IndexFunc(t.Events, func(ev Event) bool { return ev.Preemption }))
	case at < len(t.Events):
		return at
	case t.endsWaiting():
		is = func(ev Event) bool { return ev.Kind == Pending && ev.Task > 0 }
	}
	for i := len(t.Events) - 1; i >= 0; i-- {
		if is(t.Events[i]) {
			return i
		}
	}
	return max(0, len(t.Events)-1)
}

func (t *Trace) title() string {
	name := t.Program
	if name == "" {
		name = "An execution"
	}
	if t.Failure == nil {
		return name
	}
	return name + ": " + t.Failure.Class
}

// message is what a browser without scripts shows.
func (t *Trace) message() string {
	if t.Failure == nil {
		return "The execution has passed."
	}
	text := t.Failure.Class + ": " + t.Failure.Message
	if t.Failure.Reproduce != "" {
		text += "\n\n" + t.Failure.Reproduce
	}
	return text
}
