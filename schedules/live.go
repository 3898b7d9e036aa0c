package schedules

import (
	"fmt"
	"io"
	"strings"
	"time"

	"annulus/schedules/quote"
)

// lineWidth is the width of what [Live] writes, which must not wrap.
const lineWidth = 78

// Live returns a function for [Config.Progress] that shows [Report.Line] on w and
// keeps it up to date in place, and one that removes the line, to be called when the
// exploration has ended. Both do nothing if w is not a terminal.
func Live(w io.Writer) (progress func(Report), clear func()) {
	show, clear := LiveLine(w)
	return func(r Report) { show(r.Line(lineWidth)) }, clear
}

// LiveLine is [Live] for a text, of which as much is shown as fits into a line.
func LiveLine(w io.Writer) (show func(text string), clear func()) {
	if !quote.IsTerminal(w) {
		return func(string) {}, func() {}
	}
	return live(w)
}

func live(w io.Writer) (show func(text string), clear func()) {
	shown := false
	show = func(text string) {
		line := []rune(quote.Line(text))
		fmt.Fprintf(w, "\r%-*s", lineWidth, string(line[:min(len(line), lineWidth)]))
		shown = true
	}
	clear = func() {
		if shown {
			fmt.Fprintf(w, "\r%s\r", strings.Repeat(" ", lineWidth))
			shown = false
		}
	}
	return show, clear
}

// Line tells in at most so many characters how far an exploration is: how much of
// the search's present pass is done and what time the rest of it takes, both
// estimates as in Done and Left; the executions and how many of them were distinct;
// operations a second; what is left of the time. A longer text is cut off.
func (r *Report) Line(width int) string {
	var b strings.Builder
	if r.Done > 0 {
		fmt.Fprintf(&b, "pass %.0f %% (%s more), ", 100*r.Done, rounded(r.Left))
	}
	fmt.Fprintf(&b, "%s schedules, %s distinct", short(float64(r.Schedules)), short(float64(r.Classes)))
	if s := r.Duration.Seconds(); s > 0 {
		fmt.Fprintf(&b, ", %s steps/s", short(float64(r.Steps)/s))
	}
	if r.TimeLeft > 0 {
		fmt.Fprintf(&b, ", %s left", rounded(r.TimeLeft))
	}
	text := []rune(b.String())
	return string(text[:min(len(text), max(0, width))])
}

// short renders a figure in about four characters.
func short(n float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		switch {
		case n >= 100*unit.size:
			return fmt.Sprintf("%.0f%s", n/unit.size, unit.name)
		case n >= 10*unit.size || n >= unit.size && unit.size > 1e3:
			return fmt.Sprintf("%.1f%s", n/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%.0f", n)
}

// rounded leaves what matters of a time to wait.
func rounded(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d < time.Hour:
		return d.Round(time.Second).String()
	case d < 3*day:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	case d < 1000*day:
		return fmt.Sprintf("%d days", d/day)
	}
	return "years"
}
