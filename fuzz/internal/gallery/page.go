package gallery

import (
	"fmt"
	"path/filepath"
	"strings"
)

// PagePath returns where the page about the mutant is, from the root.
func PagePath(mutant string) string { return filepath.Join(Pages, mutant+".md") }

// fence begins and ends the trace in a page.
const fence = "```text\n"

// Page returns the page about the exhibit in Markdown. trace is what a replay
// prints. root is that of the module, whose source the mutant changes.
func (e Exhibit) Page(root, trace string) (string, error) {
	changes, err := diff(root, e.Mutant)
	if err != nil {
		return "", err
	}
	m := e.Mutant
	origin := "[A mutant](README.md) of " + string(m.Area)
	if m.Hazard != "" {
		origin += fmt.Sprintf("; hazard %s of [the original](../hazards.md)", m.Hazard)
	}
	return fmt.Sprintf(`<!-- make gallery writes this page -->
# %[1]s

%[2]s. %[3]s. (%[4]s.)

`+"```diff\n%[5]s```"+`

## The trace

[How to read it](../traces.md).

`+fence+"%[6]s```"+`

## What to learn

%[7]s

## To see it again

The first command searches and shows what it finds, which may be another schedule.
After it, the second one repeats this one.

    make trace MUTANT='^%[1]s$'
    go run -overlay .annulus/mutants/%[1]s/overlay.json ./linearizability/cmd/annulus replay %[8]s
`, m.Name, capital(m.Slip), capital(m.Shows), origin, changes, trace, m.Lesson, filepath.ToSlash(SchedulePath(m.Name))), nil
}

// capital returns the clause as the beginning of a sentence.
func capital(clause string) string { return strings.ToUpper(clause[:1]) + clause[1:] }

// TraceIn returns the trace that a page shows.
func TraceIn(page string) (string, error) {
	_, behind, begins := strings.Cut(page, fence)
	trace, _, ends := strings.Cut(behind, "```\n")
	if !begins || !ends {
		return "", fmt.Errorf("the page has no trace between %q and %q", fence, "```\n")
	}
	return trace, nil
}

// Trace returns what a page shows of the text that a replay prints: all but the
// stack of a panic, in which compilers may differ, and the verdict.
func Trace(replayed string) string {
	for _, end := range []string{"\nstack of ", "\nFAIL: "} {
		replayed, _, _ = strings.Cut(replayed, end)
	}
	return strings.TrimRight(replayed, "\n") + "\n"
}
