package main

import (
	"bufio"
	_ "embed"
	"fmt"
	"strings"

	"annulus/buffer/internal/performance/figures"
	"annulus/buffer/internal/performance/sample"
)

//go:embed original.txt
var originalText string

// originalFigure is one of the original's: multiples of a compare-and-swap.
type originalFigure struct {
	workload         string
	size, goroutines int // MiB, or blocks of W4
	figures.Summary
}

// spec returns that of the same figure of ours.
func (f originalFigure) spec(subject string, procs int) sample.Spec {
	if order, ok := strings.CutPrefix(f.workload, "W4/"); ok {
		return sample.Spec{Kind: sample.Freed, Subject: subject, Order: order, N: f.size, Procs: procs}
	}
	return sample.Spec{Kind: sample.Throughput, Subject: subject, Workload: f.workload, MiB: f.size, Goroutines: f.goroutines, Procs: procs}
}

// parseOriginal reads original.txt, which explains itself.
func parseOriginal(text string) (notes []string, all []originalFigure, err error) {
	number := 0
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		number++
		kind, rest, _ := strings.Cut(lines.Text(), " ")
		switch {
		case kind == "" || strings.HasPrefix(kind, "#"):
		case kind == "note":
			notes = append(notes, rest)
		case kind == "figure":
			f := originalFigure{Summary: figures.Summary{N: 2}} // so that the spread is shown
			if n, err := fmt.Sscanf(rest, "%s %d %d %f %f %f", &f.workload, &f.size, &f.goroutines, &f.Median, &f.Min, &f.Max); err != nil {
				return nil, nil, fmt.Errorf("original.txt:%d: field %d: %w", number, n+1, err)
			}
			if f.Min > f.Median || f.Median > f.Max {
				return nil, nil, fmt.Errorf("original.txt:%d: the median is not between the least and the greatest", number)
			}
			all = append(all, f)
		default:
			return nil, nil, fmt.Errorf("original.txt:%d: a line begins with note or figure, not with %q", number, kind)
		}
	}
	return notes, all, nil
}

// originals sets ours beside the original's.
func originals(r *report, s *sheet) error {
	notes, all, err := parseOriginal(originalText)
	if err != nil {
		return err
	}
	for _, note := range notes {
		s.say("%s", note)
	}
	if len(all) == 0 {
		s.say("No figures of it have been entered.")
		return nil
	}
	table := figures.NewTable("× compare-and-swap", "MiB, or blocks", "goroutines", "original", sample.Ring, sample.Workers, sample.Ring+" by original", sample.Workers+" by original")
	for _, f := range all {
		row := []string{f.workload, figures.Number(float64(f.size)), fmt.Sprint(f.goroutines), f.String()}
		var by []string
		for _, subject := range []string{sample.Ring, sample.Workers} {
			ours := r.multiple(f.spec(subject, r.most()))
			row = append(row, ours.String())
			if ours.N == 0 {
				by = append(by, "–")
			} else {
				by = append(by, figures.Number(ours.Median/f.Median))
			}
		}
		table.Row(append(row, by...)...)
	}
	s.table(table)
	return nil
}
