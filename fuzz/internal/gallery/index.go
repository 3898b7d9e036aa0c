package gallery

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"annulus/fuzz/internal/workbench"
	"annulus/fuzz/mutants"
	"annulus/schedules"
)

// Longest is how many lines a trace should have at most, so that it can be seen at
// once: 40, five for the words of the ring and the lines of code, and five for the blocks
// that batches and Workers need. The index lists those that are longer.
const Longest = 50

// index is the page that leads to the others.
var index = filepath.Join(Pages, "README.md")

// listed is an exhibit together with its trace.
type listed struct {
	Exhibit
	trace string
}

// Lines returns how many lines a trace has.
func Lines(trace string) int { return strings.Count(trace, "\n") }

// Index returns the page that leads to those of all mutants, which must be there.
func Index(root string) (string, error) {
	var all []listed
	for _, m := range mutants.Traced() {
		e, err := Load(root, m)
		if err != nil {
			return "", err
		}
		page, err := os.ReadFile(filepath.Join(root, PagePath(m.Name)))
		if err != nil {
			return "", err
		}
		trace, err := TraceIn(string(page))
		if err != nil {
			return "", fmt.Errorf("%s: %w", PagePath(m.Name), err)
		}
		all = append(all, listed{e, trace})
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<!-- make gallery writes this page -->
# Gallery

Each page shows one mistake in the buffer, planted on purpose, and a small program
that fails by it: what was changed, the trace, and what to learn. `+"`make mutants`"+`
replays every one, on the mistake and without it. [How to read a trace](../traces.md).

`)
	byArea(&b, all)
	byKind(&b, all)
	exceptions(&b, all)
	untraced(&b)
	return b.String(), nil
}

func byArea(b *strings.Builder, all []listed) {
	b.WriteString("## By the part of the buffer\n\nPreemptions are those of the trace shown.\n")
	var last mutants.Area
	for _, l := range grouped(all, func(l listed) string { return string(l.Mutant.Area) }) {
		m := l.Mutant
		if m.Area != last {
			fmt.Fprintf(b, "\n**%s**\n\n| mutant | what is wrong | how it fails | preemptions | lines |\n| --- | --- | --- | --: | --: |\n", m.Area)
			last = m.Area
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %d |\n", l.link(), m.Slip, l.Outcome().Kind, l.preemptions(), Lines(l.trace))
	}
}

func byKind(b *strings.Builder, all []listed) {
	b.WriteString("\n## By the kind of failure\n")
	last := ""
	for _, l := range grouped(all, func(l listed) string { return l.Outcome().Kind }) {
		separator := ",\n"
		if kind := l.Outcome().Kind; kind != last {
			separator = fmt.Sprintf("\n\n**%s**: ", kind)
			if last != "" {
				separator = "." + separator
			} else {
				separator = separator[1:]
			}
			last = kind
		}
		b.WriteString(separator + l.link())
	}
	b.WriteString(".\n")
}

// exceptions lists the traces that are too long, and what makes them so.
func exceptions(b *strings.Builder, all []listed) {
	fmt.Fprintf(b, "\n## Traces of more than %d lines\n\n", Longest)
	none := true
	for _, l := range all {
		if Lines(l.trace) > Longest {
			none = false
			fmt.Fprintf(b, "- %s, %d lines: %s.\n", l.link(), Lines(l.trace), l.reason())
		}
	}
	if none {
		b.WriteString("None.\n")
	}
}

// untraced lists the mutants that no schedule shows.
func untraced(b *strings.Builder) {
	b.WriteString("\n## What no schedule shows\n\nTests must notice these; `make mutants` runs them with each.\n\n" +
		"| mutant | what is wrong | how it shows | who must notice |\n| --- | --- | --- | --- |\n")
	for _, m := range mutants.All() {
		if m.Witness != "" {
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", m.Name, m.Slip, m.Shows, m.Witness)
		}
	}
}

// reason says why the trace is long.
func (l listed) reason() string {
	if l.Outcome().Kind == schedules.StepCap.String() {
		return fmt.Sprintf("it does not end; the same steps come again until there are %d", l.Schedule.Limits.Steps)
	}
	operations := len(l.Program.Setup) + len(l.Program.After)
	for _, t := range l.Program.Tasks {
		operations += len(t.Ops)
	}
	return fmt.Sprintf("no program with fewer than %d operations, and no schedule with fewer than %d steps, was found that fails so",
		operations, len(l.Schedule.Steps))
}

func (l listed) link() string { return fmt.Sprintf("[%s](%[1]s.md)", l.Mutant.Name) }

// preemptions returns their number as the trace tells it.
func (l listed) preemptions() string {
	before, _, found := strings.Cut(l.trace, " preemption")
	if !found {
		return "?"
	}
	return before[strings.LastIndexByte(before, ' ')+1:]
}

// grouped returns the list with those of one key together, in the order in which the
// keys appear first.
func grouped(all []listed, key func(listed) string) []listed {
	rank := map[string]int{}
	for _, l := range all {
		if _, ok := rank[key(l)]; !ok {
			rank[key(l)] = len(rank)
		}
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(x, y listed) int { return rank[key(x)] - rank[key(y)] })
	return sorted
}

// Write writes the page about the exhibit.
func (e Exhibit) Write(root, trace string) error {
	page, err := e.Page(root, trace)
	if err != nil {
		return err
	}
	return replace(filepath.Join(root, PagePath(e.Mutant.Name)), page)
}

// WriteIndex writes the index, and removes what is left of mutants that are gone.
func WriteIndex(root string) error {
	text, err := Index(root)
	if err != nil {
		return err
	}
	left, err := LeftOver(root)
	if err != nil {
		return err
	}
	for _, path := range left {
		if err := os.RemoveAll(filepath.Join(root, path)); err != nil {
			return err
		}
	}
	return replace(filepath.Join(root, index), text)
}

// LeftOver returns what is in the gallery and belongs to no mutant, by paths from the
// root.
func LeftOver(root string) ([]string, error) {
	known := map[string]bool{index: true}
	for _, m := range mutants.Traced() {
		known[filepath.Join(Kept, m.Name)] = true
		known[PagePath(m.Name)] = true
	}
	var left []string
	for _, dir := range []string{Kept, Pages} {
		entries, err := os.ReadDir(filepath.Join(root, dir))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if path := filepath.Join(dir, e.Name()); !known[path] {
				left = append(left, path)
			}
		}
	}
	return left, nil
}

// replace replaces the file unless it has this content.
func replace(path, content string) error {
	if old, err := os.ReadFile(path); err == nil && string(old) == content {
		return nil
	}
	return workbench.Write(path, []byte(content))
}
