package main

import (
	"fmt"
	"time"

	"annulus/buffer/internal/performance/figures"
	"annulus/buffer/internal/performance/sample"
)

// latencies shows single calls.
func latencies(r *report, s *sheet) error {
	table := figures.NewTable("call", "goroutines", "calls", "p50", "p99", "p99.9", "max")
	for _, op := range []string{"Alloc", "EvictOne"} {
		plot := distribution(op)
		for _, subject := range []string{sample.Ring, sample.Workers} {
			spec := sample.Spec{Kind: sample.Latency, Subject: subject, MiB: usualMiB, Goroutines: 2, Procs: r.most()}
			percentiles(table, &plot, r.histogram(spec, op), op, subject, 2, colour(subject))
		}
		if err := draw(s, plot, op); err != nil {
			return err
		}
	}
	plot := distribution("AllocOrEvict, callback of 1 ms")
	for i, g := range []int{1, 2, 8} {
		for j, subject := range []string{sample.Ring, sample.Workers} {
			spec := sample.Spec{Kind: sample.Callback, Subject: subject, MiB: 1, Goroutines: g, Procs: r.most()}
			percentiles(table, &plot, r.histogram(spec, "AllocOrEvict"), "AllocOrEvict, 1 ms", subject, g, 2*i+j)
		}
	}
	if err := draw(s, plot, "callback"); err != nil {
		return err
	}
	s.table(table)
	return nil
}

// draw adds the image of a plot that has something to show.
func draw(s *sheet, plot figures.Plot, name string) error {
	if len(plot.Series) == 0 {
		return nil
	}
	return s.image(name, plot.Title, plot)
}

func distribution(op string) figures.Plot {
	return figures.Plot{
		Title: op + ": how long calls take", Plain: true,
		X: figures.Axis{Label: "ns", Log: true}, Y: figures.Axis{Label: "part of the calls, for each eighth of an octave", Log: true},
	}
}

// percentiles adds what a histogram says to a table and to a plot.
func percentiles(t *figures.Table, plot *figures.Plot, h *figures.Histogram, op, subject string, goroutines, colour int) {
	if h.Count() == 0 {
		return
	}
	row := []string{op + ", " + subject, fmt.Sprint(goroutines), figures.Number(float64(h.Count()))}
	for _, q := range []float64{0.5, 0.99, 0.999, 1} {
		row = append(row, duration(h.Quantile(q)))
	}
	t.Row(row...)
	series := figures.Series{Name: fmt.Sprintf("%s ×%d", subject, goroutines), Colour: colour}
	for _, bar := range h.Bars() {
		part := float64(bar.Count) / float64(h.Count())
		last := len(series.Points) - 1
		apart := last >= 0 && series.Points[last].X < bar.At
		series.Points = append(series.Points,
			figures.Point{X: bar.At, Y: part, Min: part, Max: part, Apart: apart}, figures.Point{X: bar.To, Y: part, Min: part, Max: part})
	}
	plot.Series = append(plot.Series, series)
}

// duration returns d in the unit that suits it.
func duration(d time.Duration) string {
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d)
	case d < time.Millisecond:
		return figures.Number(float64(d)/1e3) + " µs"
	default:
		return figures.Number(float64(d)/1e6) + " ms"
	}
}

// memories shows what is resident, and the time of collections.
func memories(r *report, s *sheet) error {
	sizes := r.distinct(sample.Memory, func(s sample.Spec) int { return s.MiB })
	if len(sizes) == 0 {
		return nil
	}
	table := figures.NewTable("", "payload, MiB", "resident, MiB", "resident by payload", "a collection, ms")
	for _, subject := range append([]string{""}, sample.Subjects...) {
		spec := sample.Spec{Kind: sample.Memory, Subject: subject, MiB: sizes[0], Procs: r.most()}
		payload, resident := r.value(spec, "payload"), r.value(spec, "resident")
		if payload.N == 0 {
			continue
		}
		by := figures.Summarise(r.samples(spec, func(each sample.Result) float64 {
			return each.Values["resident"] / max(each.Values["payload"], 1)
		}))
		collection := figures.Summarise(r.samples(spec, func(each sample.Result) float64 { return each.Values["collection"] / 1e6 }))
		row := []string{subject, figures.Number(payload.Median / (1 << 20)), figures.Number(resident.Median / (1 << 20)), by.String(), collection.String()}
		if subject == "" {
			row[0], row[1], row[2], row[3] = "nothing", "–", "–", "–"
		}
		table.Row(row...)
	}
	s.say("%d MiB of values of 320 bytes.", sizes[0])
	s.table(table)
	for _, reason := range r.reasons(sample.Memory) {
		s.say("%s.", reason)
	}
	return nil
}
