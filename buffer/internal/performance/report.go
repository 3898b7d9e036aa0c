package main

import (
	"fmt"
	"slices"

	"annulus/buffer/internal/performance/figures"
	"annulus/buffer/internal/performance/sample"
)

// report finds results by what was measured.
type report struct {
	*run
	results map[sample.Spec][]sample.Result // by Spec without its time
}

func reportOf(m *run) *report {
	r := &report{m, map[sample.Spec][]sample.Result{}}
	for _, each := range m.Results {
		s := each.Spec
		s.Time = 0
		r.results[s] = append(r.results[s], each)
	}
	return r
}

// most returns the greatest GOMAXPROCS that was measured.
func (r *report) most() (most int) {
	for s := range r.results {
		most = max(most, s.Procs)
	}
	return most
}

// distinct returns the values of what the specs of a kind have measured, ascending.
func (r *report) distinct(kind string, of func(sample.Spec) int) (all []int) {
	for s := range r.results {
		if s.Kind == kind && !slices.Contains(all, of(s)) {
			all = append(all, of(s))
		}
	}
	slices.Sort(all)
	return all
}

// samples returns a figure of each sample of the spec that was not skipped.
func (r *report) samples(s sample.Spec, of func(sample.Result) float64) (all []float64) {
	for _, each := range r.results[s] {
		if each.Skipped == "" {
			all = append(all, of(each))
		}
	}
	return all
}

func (r *report) ns(s sample.Spec) figures.Summary {
	return figures.Summarise(r.samples(s, func(each sample.Result) float64 { return each.Ns }))
}

// multiple is ns by the compare-and-swap of the same sample.
func (r *report) multiple(s sample.Spec) figures.Summary {
	return figures.Summarise(r.samples(s, func(each sample.Result) float64 { return each.Ns / each.CAS }))
}

func (r *report) value(s sample.Spec, name string) figures.Summary {
	var all []float64
	for _, each := range r.results[s] {
		if v, ok := each.Values[name]; ok && each.Skipped == "" {
			all = append(all, v)
		}
	}
	return figures.Summarise(all)
}

// both is a cell of a table: nanoseconds with their spread, and the multiple.
func (r *report) both(s sample.Spec) string {
	ns := r.ns(s)
	if ns.N == 0 {
		return "–"
	}
	return fmt.Sprintf("%v · %s×", ns, figures.Number(r.multiple(s).Median))
}

// histogram adds those of all samples.
func (r *report) histogram(s sample.Spec, name string) *figures.Histogram {
	all := new(figures.Histogram)
	for _, each := range r.results[s] {
		if h := each.Histograms[name]; h != nil {
			all.Merge(h)
		}
	}
	return all
}

// reasons lists why subjects were skipped, each once, as "freecache, W2m, 1 MiB: why".
func (r *report) reasons(kind string) (all []string) {
	for s, each := range r.results {
		if s.Kind != kind || each[0].Skipped == "" {
			continue
		}
		reason := fmt.Sprintf("%s: %s", s.Subject, each[0].Skipped)
		if !slices.Contains(all, reason) {
			all = append(all, reason)
		}
	}
	slices.Sort(all)
	return all
}

// colour is that of a subject in all plots.
func colour(subject string) int { return slices.Index(sample.Subjects, subject) }
