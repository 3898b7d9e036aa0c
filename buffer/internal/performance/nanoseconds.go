package main

import (
	"fmt"

	"annulus/buffer/internal/performance/figures"
	"annulus/buffer/internal/performance/sample"
)

// costNames are the values of sample.Costs in the order in which they are shown.
var costNames = []string{
	"compare-and-swap", "swap, or store", "add", "Lock and Unlock",
	"four stores", "four stores, then a compare-and-swap", "a store to the next line of 8 MiB", "the same, then a compare-and-swap", "load",
	"two looks at the clock", "an empty call, timed as below Latency", "a cache line's way",
}

// instructions are what one operation does, on average.
type instructions struct{ pairs, swaps, stores, adds, loads float64 }

// instructionsOf sorts the steps that the scheduler has seen. One whose name is not known
// is an error, so that none is left out.
func instructionsOf(steps map[string]float64) (is instructions, err error) {
	for op, n := range steps {
		switch op {
		case "Lock":
			is.pairs += n
		case "Unlock":
		case "CompareAndSwap", "CAS":
			is.swaps += n
		case "Store", "Swap":
			is.stores += n
		case "Add", "And", "Or":
			is.adds += n
		case "Load":
			is.loads += n
		default:
			return is, fmt.Errorf("it is not known what %s costs", op)
		}
	}
	return is, nil
}

// nanoseconds compares what operations take with what their locked instructions take.
func nanoseconds(r *report, s *sheet) error {
	costs := sample.Spec{Kind: sample.Costs, Procs: r.most()}
	table := figures.NewTable("alone, uncontended", "ns", "× compare-and-swap")
	cas := r.value(costs, costNames[0])
	for _, name := range costNames {
		if v := r.value(costs, name); v.N > 0 {
			table.Row(name, v.String(), figures.Number(v.Median/cas.Median))
		}
	}
	if cas.N == 0 {
		return nil
	}
	s.table(table)
	bars := figures.Bars{
		Title: fmt.Sprintf("Where the nanoseconds go: one goroutine, %d MiB", usualMiB), Label: "ns",
		Parts: []string{"Lock and Unlock", "other locked instr.", "the rest"},
	}
	table = figures.NewTable("one operation", "Lock and Unlock", "compare-and-swap", "store, swap", "add", "load", "floor, ns", "measured, ns", "measured by floor")
	for _, w := range []string{"W1", "W2"} {
		for _, subject := range []string{sample.Ring, sample.Workers} {
			found := r.results[sample.Spec{Kind: sample.Steps, Workload: w, Subject: subject, MiB: usualMiB, Procs: r.most()}]
			measured := r.ns(sample.Spec{Kind: sample.Throughput, Workload: w, Subject: subject, MiB: usualMiB, Goroutines: 1, Procs: r.most()})
			if len(found) == 0 || measured.N == 0 {
				continue
			}
			is, err := instructionsOf(found[0].Values)
			if err != nil {
				return err
			}
			pairs := is.pairs * r.value(costs, "Lock and Unlock").Median
			others := is.swaps*cas.Median + is.stores*r.value(costs, "swap, or store").Median + is.adds*r.value(costs, "add").Median
			name := w + ", " + subject
			table.Row(name, count(is.pairs), count(is.swaps), count(is.stores), count(is.adds), count(is.loads),
				figures.Number(pairs+others), measured.String(), figures.Number(measured.Median/(pairs+others)))
			bars.Bars = append(bars.Bars, figures.Bar{Name: name, Parts: []float64{pairs, others, max(measured.Median-pairs-others, 0)}})
		}
	}
	if len(bars.Bars) == 0 {
		return nil
	}
	if err := s.image("nanoseconds", "the parts of an operation's time", bars); err != nil {
		return err
	}
	s.table(table)
	return nil
}

func count(v float64) string { return fmt.Sprintf("%.2f", v) }
