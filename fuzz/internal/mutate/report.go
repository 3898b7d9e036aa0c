package mutate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"annulus/fuzz/internal/mutation"
	"annulus/fuzz/internal/ranking"
)

// report has the outcomes of all mutants.
type report struct {
	mutants    []mutant
	outcomes   []Outcome // of each; with no Key if it was not tried
	argued     []int     // index in exemptions of each, or -1
	exemptions []exemption
}

// exemption is one of the mutants of an argument, or several that begin in the same way, and
// how often it was used.
type exemption struct {
	argument
	begin    string
	of, used int // mutants it is meant for, and those it is used for
}

func newReport(mutants []mutant, k *outcomes, arguments []argument) *report {
	r := &report{mutants: mutants, exemptions: exemptions(arguments)}
	for _, s := range mutants {
		f, _ := k.Get(s.key())
		at := -1
		if f.Key != "" && f.Noticed == "" {
			at = slices.IndexFunc(r.exemptions, func(e exemption) bool { return e.about(s) })
		}
		if at >= 0 {
			r.exemptions[at].used++
		}
		r.outcomes = append(r.outcomes, f)
		r.argued = append(r.argued, at)
	}
	return r
}

// exemptions returns the exemptions of the arguments.
func exemptions(arguments []argument) (list []exemption) {
	for _, a := range arguments {
		for _, text := range a.mutants {
			begin, times, several := strings.Cut(text, " ×")
			of := 1
			if several {
				var err error
				if of, err = strconv.Atoi(times); err != nil {
					panic(fmt.Sprintf("arguments.go: %q: %v", text, err))
				}
			}
			list = append(list, exemption{argument: a, begin: begin, of: of})
		}
	}
	return list
}

// about reports whether the exemption is about the mutant.
func (e exemption) about(s mutant) bool {
	return e.file == s.File && e.line == s.Text && strings.HasPrefix(s.change(), e.begin)
}

// wrong reports whether the exemption is used for more mutants than it is meant for, or for
// fewer. Fewer are wrong only if all mutants were tried.
func (e exemption) wrong(all bool) bool { return e.used > e.of || all && e.used < e.of }

// change returns the kind of the mutant, what it replaces, and by what, as text.
func (s mutant) change() string {
	_, text, _ := strings.Cut(s.String(), " ")
	return text
}

// open reports whether a mutant was tried, was not noticed, and has no argument.
func (r *report) open(i int) bool {
	return r.outcomes[i].Key != "" && r.outcomes[i].Noticed == "" && r.argued[i] < 0
}

// text returns what is wrong, and the counts. all says whether all mutants were tried.
func (r *report) text(all bool) string {
	var b strings.Builder
	for i, s := range r.mutants {
		if r.open(i) {
			fmt.Fprintf(&b, "SURVIVED %v\n\t%s\n", s.Mutation, s.Text)
		}
	}
	for _, e := range r.exemptions {
		switch {
		case !e.wrong(all):
		case e.used == 0:
			fmt.Fprintf(&b, "NOTHING TO ARGUE ABOUT in %s: %s\n\t%q\n", e.file, e.line, e.begin)
		default:
			fmt.Fprintf(&b, "ARGUED ABOUT %d, not %d, in %s: %s\n\t%q\n", e.used, e.of, e.file, e.line, e.begin)
		}
	}
	for _, pkg := range packages {
		c := r.count(func(s mutant) bool { return s.pkg == pkg })
		fmt.Fprintf(&b, "%s: %d slips, %d noticed, %d argued, %d survived; %d more do not compile\n", pkg, c.tried, c.noticed, c.argued, c.open, c.refused)
	}
	return b.String()
}

// left counts the mutants that were not tried.
func (r *report) left() (n int) {
	for _, f := range r.outcomes {
		if f.Key == "" {
			n++
		}
	}
	return n
}

// right reports whether nothing is wrong. all says whether all mutants were tried.
func (r *report) right(all bool) bool {
	for i := range r.mutants {
		if r.open(i) {
			return false
		}
	}
	return !slices.ContainsFunc(r.exemptions, func(e exemption) bool { return e.wrong(all) })
}

// counts of mutants. Those that do not compile are counted in refused only.
type counts struct {
	tried, noticed, argued, open, refused int
	by                                    map[string]int // noticed, by the judge
}

func (r *report) count(of func(mutant) bool) counts {
	c := counts{by: map[string]int{}}
	for i, s := range r.mutants {
		f := r.outcomes[i]
		switch {
		case !of(s) || f.Key == "":
			continue
		case f.Noticed == notCompiling:
			c.refused++
			continue
		case f.Noticed != "":
			c.noticed++
			c.by[f.Noticed]++
		case r.argued[i] >= 0:
			c.argued++
		default:
			c.open++
		}
		c.tried++
	}
	return c
}

// markdown returns two tables: the counts, and the surviving mutants that have an argument.
func (r *report) markdown() string {
	var t ranking.Table
	t.Row("package", "slip", "made", "buffer against model", "own tests", "verifier", "argued below", "not noticed")
	t.Rule(2, 6)
	for _, pkg := range packages {
		for _, op := range append(mutation.Operators, "") {
			c := r.count(func(s mutant) bool { return s.pkg == pkg && (op == "" || s.Operator == op) })
			name := string(op)
			if op == "" {
				name = "all"
			}
			t.Row(pkg, name, fmt.Sprint(c.tried), fmt.Sprint(c.by["buffer against model"]), fmt.Sprint(c.by["own tests"]), fmt.Sprint(c.by["verifier"]), fmt.Sprint(c.argued), fmt.Sprint(c.open))
		}
	}
	t.WriteString("\n")
	t.Row("place", "slip", "why nothing has to notice it")
	t.Rule(3, 0)
	for i, s := range r.mutants {
		if at := r.argued[i]; at >= 0 {
			t.Row(fmt.Sprintf("%s:%d", s.File, s.Line), "`"+strings.ReplaceAll(s.change(), "|", "\\|")+"`", r.exemptions[at].reason)
		}
	}
	return t.String()
}
