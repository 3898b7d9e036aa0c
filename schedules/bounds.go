package schedules

import (
	"fmt"
	"unicode/utf8"

	"annulus/schedules/trace"
)

// maxText bounds what traces and failures keep of a text that the program hands in,
// in bytes: a message, a value, a state.
const maxText = 16 << 10

// bounded returns the text, or its beginning with a note of what was cut off.
func bounded(text string) string {
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for end > maxText-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s… and %d more bytes", text[:end], len(text)-end)
}

// boundedEvent bounds the texts of an event.
func boundedEvent(ev *trace.Event) {
	for _, text := range []*string{&ev.Op, &ev.As, &ev.Args, &ev.Result, &ev.Text, &ev.Before, &ev.After} {
		*text = bounded(*text)
	}
}

// boundedState bounds the texts of a state, but for those of its parts' names.
func boundedState(state *trace.State) {
	state.Name, state.Text = bounded(state.Name), bounded(state.Text)
	for i := range state.Fields {
		state.Fields[i].Value = bounded(state.Fields[i].Value)
	}
}

// requireName panics if a name is longer than schedules can have it.
func requireName(name, of string) {
	if len(name) > MaxName {
		panic(fmt.Sprintf("schedules: the name of %s has %d bytes; must have %d at most", of, len(name), MaxName))
	}
}
