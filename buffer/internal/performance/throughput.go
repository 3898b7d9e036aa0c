package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"annulus/buffer/internal/performance/figures"
	"annulus/buffer/internal/performance/sample"
)

// how tells where and how everything was measured.
func how(r *report, s *sheet) error {
	var versions []string
	for _, subject := range sample.Subjects {
		if v := r.Modules[subject]; v != "" {
			versions = append(versions, subject+" "+v)
		}
	}
	var cas []float64
	for _, each := range r.Results {
		cas = append(cas, each.CAS)
	}
	s.say("%s, %d processors, %s, Go %s; %s.", r.CPU, r.CPUs, r.System, strings.TrimPrefix(r.Go, "go"), strings.Join(versions, ", "))
	s.say("Rounds: %d. Samples: %d of %v, taken in %v. An uncontended compare-and-swap took %v ns.",
		r.Rounds, len(r.Results), r.Time, r.Duration.Round(time.Second), figures.Summarise(cas))
	return nil
}

// dimension is one that a table of a workload goes through.
type dimension struct {
	heading string
	fixed   sample.Spec
	values  []int
	label   string
	set     func(s *sample.Spec, v int)
}

func throughputs(r *report, s *sheet) error {
	of := func(f func(sample.Spec) int) []int { return r.distinct(sample.Throughput, f) }
	goroutines := of(func(s sample.Spec) int { return s.Goroutines })
	sizes := of(func(s sample.Spec) int { return s.MiB })
	procs := of(func(s sample.Spec) int { return s.Procs })
	setGoroutines := func(s *sample.Spec, v int) { s.Goroutines = v }
	dimensions := []dimension{{"", sample.Spec{MiB: usualMiB, Procs: r.most()}, goroutines, "%d goroutines", setGoroutines}}
	for _, p := range procs {
		if p != r.most() {
			heading := fmt.Sprintf("GOMAXPROCS %d:", p)
			dimensions = append(dimensions, dimension{heading, sample.Spec{MiB: usualMiB, Procs: p}, goroutines, "%d goroutines", setGoroutines})
		}
	}
	if len(sizes) > 1 {
		for _, g := range []int{1, 2} {
			heading := fmt.Sprintf("Goroutines: %d.", g)
			dimensions = append(dimensions, dimension{heading, sample.Spec{Goroutines: g, Procs: r.most()}, sizes, "%d MiB", func(s *sample.Spec, v int) { s.MiB = v }})
		}
	}
	for _, w := range sample.Workloads {
		if err := throughputOf(r, s, w, dimensions); err != nil {
			return err
		}
	}
	if reasons := r.reasons(sample.Throughput); len(reasons) > 0 {
		s.say("–: not measured. %s.", strings.Join(reasons, "; "))
	}
	return nil
}

// throughputOf writes a plot by goroutines and a table for each dimension.
func throughputOf(r *report, s *sheet, workload string, dimensions []dimension) error {
	plot := figures.Plot{
		Title: fmt.Sprintf("%s, %d MiB, GOMAXPROCS %d", workload, usualMiB, r.most()),
		X:     figures.Axis{Label: "goroutines", Log: true, Ticks: floats(dimensions[0].values)},
		Y:     figures.Axis{Label: "ns per operation of all goroutines together: lower is better", Log: true},
	}
	var tables []*figures.Table
	for i, d := range dimensions {
		heading := []string{workload + ", ns"}
		for _, v := range d.values {
			heading = append(heading, strings.TrimSuffix(fmt.Sprintf(d.label, v), plural(d.label, v)))
		}
		table, rows := figures.NewTable(heading...), 0
		for _, subject := range sample.Subjects {
			series := figures.Series{Name: subject, Colour: colour(subject)}
			row := []string{subject}
			for _, v := range d.values {
				spec := d.fixed
				spec.Kind, spec.Workload, spec.Subject = sample.Throughput, workload, subject
				d.set(&spec, v)
				row = append(row, r.both(spec))
				if ns := r.ns(spec); ns.N > 0 {
					series.Points = append(series.Points, figures.Point{X: float64(v), Y: ns.Median, Min: ns.Min, Max: ns.Max})
				}
			}
			if len(series.Points) == 0 {
				continue
			}
			table.Row(row...)
			rows++
			if i == 0 {
				plot.Series = append(plot.Series, series)
			}
		}
		if rows > 0 {
			tables = append(tables, table)
			if i == 0 {
				continue
			}
			tables[len(tables)-1] = titled(d.heading, table)
		}
	}
	if len(plot.Series) == 0 {
		return nil // it was not asked for
	}
	s.say("### %s", workload)
	if err := s.image(workload, workload+" by goroutines", plot); err != nil {
		return err
	}
	for _, t := range tables {
		s.table(t)
	}
	return nil
}

// titled returns the table with a line above it.
func titled(title string, t *figures.Table) *figures.Table {
	with := new(figures.Table)
	with.WriteString(title + "\n\n" + t.String())
	return with
}

// plural returns the s that is too much.
func plural(label string, v int) string {
	if v == 1 && strings.HasSuffix(label, "s") {
		return "s"
	}
	return ""
}

func floats(values []int) (all []float64) {
	for _, v := range values {
		all = append(all, float64(v))
	}
	return all
}

// freedBlocks is W4.
func freedBlocks(r *report, s *sheet) error {
	numbers := r.distinct(sample.Freed, func(s sample.Spec) int { return s.N })
	if len(numbers) == 0 {
		return nil
	}
	plot := figures.Plot{
		Title: "W4: one eviction of a freed block",
		X:     figures.Axis{Label: "freed blocks", Log: true, Ticks: floats(numbers)}, Y: figures.Axis{Label: "ns: lower is better"},
	}
	heading := []string{"oldest block freed, ns"}
	for _, n := range numbers {
		heading = append(heading, figures.Number(float64(n)))
	}
	table := figures.NewTable(heading...)
	for i, order := range sample.Orders {
		row, series := []string{order}, figures.Series{Name: order, Colour: i}
		for _, n := range numbers {
			spec := sample.Spec{Kind: sample.Freed, Subject: sample.Ring, Order: order, N: n, Procs: r.most()}
			row = append(row, r.both(spec))
			if ns := r.ns(spec); ns.N > 0 {
				series.Points = append(series.Points, figures.Point{X: float64(n), Y: ns.Median, Min: ns.Min, Max: ns.Max})
			}
		}
		table.Row(row...)
		plot.Series = append(plot.Series, series)
	}
	plot.Series = slices.DeleteFunc(plot.Series, func(s figures.Series) bool { return len(s.Points) == 0 })
	if err := s.image("W4", "time of one eviction by the number of freed blocks", plot); err != nil {
		return err
	}
	s.table(table)
	return nil
}
