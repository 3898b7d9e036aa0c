package figures

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSummarise(t *testing.T) {
	require.Equal(t, Summary{}, Summarise(nil))
	require.Equal(t, Summary{3, 1, 9, 3}, Summarise([]float64{9, 1, 3}))
	require.Equal(t, Summary{2.5, 1, 9, 4}, Summarise([]float64{9, 1, 3, 2}))
	given := []float64{2, 1}
	Summarise(given)
	require.Equal(t, []float64{2, 1}, given, "the samples stay in their order")
	require.Equal(t, "–", Summary{}.String())
	require.Equal(t, "24.1", Summarise([]float64{24.1}).String())
	require.Equal(t, "2 (1–1,250)", Summarise([]float64{1, 2, 1250}).String())
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 8: "8", 0.0123: "0.012", 0.994: "0.99", 0.996: "1.00", 1.234: "1.23", 9.994: "9.99", 9.996: "10.0", 24.14: "24.1",
		99.94: "99.9", 99.96: "100", 123.4: "123", 999.6: "1,000", 1234567: "1,234,567", -1.5: "−1.50",
	} {
		require.Equal(t, want, Number(v))
	}
}

// Every value is in a bucket whose least value is not above it, and by at most 1/32 below;
// buckets follow each other.
func TestBuckets(t *testing.T) {
	for v := uint64(1); v < 1<<40; v += 1 + v/100 {
		at := bucket(v)
		require.LessOrEqual(t, least(at), v)
		require.Greater(t, least(at+1), v)
		require.LessOrEqual(t, v-least(at), v/perOctave)
	}
}

func TestHistogramKnowsQuantiles(t *testing.T) {
	h := new(Histogram)
	require.Zero(t, h.Quantile(0.5))
	var exact []time.Duration
	for x := time.Duration(1); len(exact) < 10_000; x = x * 7_919 % 1_000_003 {
		h.Add(x)
		exact = append(exact, x)
	}
	slices.Sort(exact)
	require.EqualValues(t, len(exact), h.Count())
	for _, q := range []float64{0, 0.5, 0.99, 0.999} {
		want := exact[int(q*float64(len(exact)))]
		require.LessOrEqual(t, h.Quantile(q), want)
		require.GreaterOrEqual(t, h.Quantile(q), want-want/perOctave)
	}
	require.Equal(t, exact[len(exact)-1], h.Quantile(1))
}

func TestHistogramsAreAdded(t *testing.T) {
	a, b, both := new(Histogram), new(Histogram), new(Histogram)
	for i, d := range []time.Duration{5, 70, 3_000_000, 0, 70, -1} {
		[]*Histogram{a, b}[i%2].Add(d)
		both.Add(d)
	}
	less := &Histogram{slices.Clone(b.Buckets), b.Longest}
	less.Merge(a)
	require.Equal(t, both, less)
	a.Merge(b)
	require.Equal(t, both, a)
	b.Merge(new(Histogram))
	require.EqualValues(t, 3, b.Count())
}

// Bars are an eighth of an octave wide, leave nothing out, and do not overlap.
func TestHistogramBars(t *testing.T) {
	h := new(Histogram)
	for _, d := range []time.Duration{0, 20, 64, 65, 71, 72, 5000} {
		h.Add(d)
	}
	bars := h.Bars()
	require.Equal(t, HistogramBar{64, 72, 3}, bars[2])
	require.Equal(t, HistogramBar{72, 80, 1}, bars[3])
	sum := int64(0)
	for i, bar := range bars {
		sum += bar.Count
		require.Less(t, bar.At, bar.To)
		require.True(t, i == 0 || bars[i-1].To <= bar.At)
	}
	require.Equal(t, h.Count(), sum)
}

func TestTable(t *testing.T) {
	table := NewTable("", "a", "b")
	table.Row("x", "1", "2")
	require.Equal(t, "|  | a | b |\n| --- | --: | --: |\n| x | 1 | 2 |\n", table.String())
}

// requireXML fails t unless the text is well-formed XML, and returns its character data.
func requireXML(t *testing.T, text string) string {
	t.Helper()
	var data strings.Builder
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return data.String()
		}
		require.NoError(t, err, text)
		if c, ok := token.(xml.CharData); ok {
			data.Write(c)
		}
	}
}

func TestPlot(t *testing.T) {
	p := Plot{Title: "a < b", X: Axis{Label: "x", Log: true, Ticks: []float64{1, 100}}, Y: Axis{Label: "y"}, Series: []Series{
		{Name: "one & only", Points: []Point{{X: 1, Y: 10, Min: 5, Max: 10}, {X: 10, Y: 20, Min: 20, Max: 20}, {X: 100, Y: 30, Min: 30, Max: 30, Apart: true}}},
	}}
	svg, err := p.SVG()
	require.NoError(t, err)
	data := requireXML(t, svg)
	require.Contains(t, data, "a < b")
	require.Contains(t, data, "one & only")
	require.Contains(t, svg, "prefers-color-scheme:dark")
	x := scaleOf(p.X, 1, 100, left, width-right)
	require.InDelta(t, (x.at(1)+x.at(100))/2, x.at(10), 0.01, "10 is in the middle of 1 and 100")
	require.Greater(t, x.at(1), float64(left))
	require.Less(t, x.at(100), float64(width-right))
	y := scaleOf(p.Y, 0, 30, height-bottom, top)
	require.InDelta(t, height-bottom, y.at(0), 0.01, "the axis begins at 0")
	require.Greater(t, y.at(10), y.at(30), "up is more")
	require.Regexp(t, `d="M[\d.]+ [\d.]+L[\d.]+ [\d.]+M[\d.]+ [\d.]+"`, svg, "no line leads to what is apart")
	require.Equal(t, 3, strings.Count(svg, "<circle"))
	require.Equal(t, 2, strings.Count(svg, "<path class=\"s\""), "the line, and one spread")
	p.Plain = true
	svg, err = p.SVG()
	require.NoError(t, err)
	require.NotContains(t, svg, "<circle")
}

func TestPlotRefuses(t *testing.T) {
	_, err := Plot{Title: "empty"}.SVG()
	require.ErrorContains(t, err, `"empty" has no points`)
	_, err = Plot{X: Axis{Log: true}, Series: []Series{{Points: []Point{{X: 0, Y: 1}}}}}.SVG()
	require.ErrorContains(t, err, "not positive")
	_, err = Bars{Title: "none", Bars: []Bar{{"a", []float64{0}}}}.SVG()
	require.ErrorContains(t, err, `"none" has no bars`)
}

func TestTicks(t *testing.T) {
	require.Equal(t, []float64{0, 10, 20, 30, 40, 50}, ticks(Axis{}, 0, 50))
	require.Equal(t, []float64{1, 2, 5, 10}, rounded(ticks(Axis{Log: true}, 1, 12)))
	require.Equal(t, []float64{0.01, 0.1, 1, 10, 100, 1000}, rounded(ticks(Axis{Log: true}, 0.01, 1500)))
	require.Equal(t, []float64{3}, ticks(Axis{Ticks: []float64{3}}, 0, 50))
}

func rounded(values []float64) (all []float64) {
	for _, v := range values {
		all = append(all, math.Round(v*1e6)/1e6)
	}
	return all
}

func TestBars(t *testing.T) {
	svg, err := Bars{Title: "t", Label: "ns", Parts: []string{"p", "q"}, Bars: []Bar{{"a", []float64{1, 2}}, {"b", []float64{3, 3}}}}.SVG()
	require.NoError(t, err)
	requireXML(t, svg)
	require.Equal(t, 4+2, strings.Count(svg, `<rect class="f`), "the parts, and the legend")
	var widths []string
	for _, part := range strings.Split(svg, `height="20"`)[:4] {
		widths = append(widths, part[strings.LastIndex(part, "width=")+7:len(part)-2])
	}
	require.Equal(t, widths[2], widths[3], "3 and 3")
	require.NotEqual(t, widths[0], widths[1])
}

func TestShort(t *testing.T) {
	for v, want := range map[float64]string{0.05: "0.05", 10: "10", 1500: "1.5k", 1e6: "1M", 2e9: "2G"} {
		require.Equal(t, want, Short(v))
	}
}
