package trace

import (
	"io"
	"os"

	"annulus/schedules/quote"
)

// Style says how to write a trace as text.
type Style struct {
	Color bool // with the escape sequences of terminals
	Whole bool // with every step of every operation
}

// StyleFor returns the style that suits what is written to out: with colour if that is
// a terminal, unless the environment has NO_COLOR (no-color.org) or says that the
// terminal is dumb.
func StyleFor(out io.Writer) Style {
	return Style{Color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && quote.IsTerminal(out)}
}

// Escape sequences.
const (
	plainText = "\x1b[0m"
	boldText  = "\x1b[1m"
	dimText   = "\x1b[2m"
	redText   = "\x1b[31m"
	boldRed   = "\x1b[1;31m"
	boldCyan  = "\x1b[1;36m"
)

func (s Style) in(escape, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return escape + text + plainText
}

func (s Style) dim(text string) string  { return s.in(dimText, text) }
func (s Style) bold(text string) string { return s.in(boldText, text) }
func (s Style) bad(text string) string  { return s.in(boldRed, text) }

func (s Style) mark(mark string) string {
	if mark == "*" {
		return s.in(redText, mark)
	}
	return mark
}

func (s Style) window(number string) string {
	if number == " " {
		return number
	}
	return s.in(boldCyan, number)
}

func (s Style) row(r *row, text string) string {
	switch {
	case r.failing:
		return s.bad(text)
	case r.window > 0:
		return s.in(boldCyan, text)
	}
	return text
}
