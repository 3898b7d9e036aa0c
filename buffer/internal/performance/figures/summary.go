// Package figures turns measurements into medians, histograms, tables in Markdown
// and plots in SVG.
package figures

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Summary is what is said of the samples of one figure.
type Summary struct {
	Median, Min, Max float64
	N                int // samples; nothing is known if it is 0
}

// Summarise returns the summary of the samples, in any order.
func Summarise(samples []float64) Summary {
	if len(samples) == 0 {
		return Summary{}
	}
	sorted := slices.Sorted(slices.Values(samples))
	n := len(sorted)
	return Summary{(sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[0], sorted[n-1], n}
}

// String returns "24.1 (23.5–25.0)", or "–" if there are no samples.
func (s Summary) String() string {
	if s.N == 0 {
		return "–"
	}
	if s.N == 1 {
		return Number(s.Median)
	}
	return fmt.Sprintf("%s (%s–%s)", Number(s.Median), Number(s.Min), Number(s.Max))
}

// Number returns v with three digits, and all of those before the point, in groups of
// three. A whole number has none behind the point.
func Number(v float64) string {
	digits := 0
	switch {
	case v < 0:
		return "−" + Number(-v)
	case v == math.Trunc(v):
	case v < 0.995:
		return strconv.FormatFloat(v, 'g', 2, 64)
	case v < 9.995:
		digits = 2
	case v < 99.95:
		digits = 1
	}
	text := strconv.FormatFloat(v, 'f', digits, 64)
	for at := len(text) - 3; digits == 0 && at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
