package figures

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Sizes of a plot in pixels.
const (
	width, height = 760, 400
	left, right   = 70, 180 // the legend is on the right
	top, bottom   = 40, 50
)

// look makes plots readable on light and on dark pages: colours follow the reader's
// preference. A series has one colour everywhere.
const look = `<style>
text{font:12px sans-serif;fill:#1f2328}.title{font-size:14px;font-weight:bold}
.ground{fill:#ffffff}.grid{stroke:#d0d7de;stroke-width:1}
.s{fill:none;stroke-width:2}.f{stroke:none}
.c0{--c:#0550ae}.c1{--c:#cf222e}.c2{--c:#1a7f37}.c3{--c:#8250df}.c4{--c:#bc4c00}.c5{--c:#0e7490}.c6{--c:#bf3989}.c7{--c:#6e7781}
.s{stroke:var(--c)}.f{fill:var(--c)}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.ground{fill:#0d1117}.grid{stroke:#30363d}
.c0{--c:#79c0ff}.c1{--c:#ff7b72}.c2{--c:#56d364}.c3{--c:#d2a8ff}.c4{--c:#ffa657}.c5{--c:#39c5cf}.c6{--c:#f778ba}.c7{--c:#8b949e}
}
</style>
`

// Axis is one of a Plot's.
type Axis struct {
	Label string
	Log   bool
	Ticks []float64 // nil: chosen
}

// Point is a value with its spread. Min and Max may equal Y.
type Point struct {
	X, Y, Min, Max float64
	Apart          bool // no line leads here
}

// Series is a line of a Plot.
type Series struct {
	Name   string
	Colour int // 0 to 7
	Points []Point
}

// Plot is a diagram of lines.
type Plot struct {
	Title  string
	X, Y   Axis
	Series []Series
	Plain  bool // lines without markers
}

// scale maps values of an axis to pixels.
type scale struct {
	low, high float64 // in the axis's measure
	from, to  float64 // pixels
	log       bool
}

func (s scale) at(v float64) float64 {
	if s.log {
		v = math.Log10(v)
	}
	return s.from + (v-s.low)/(s.high-s.low)*(s.to-s.from)
}

// scaleOf covers values from low to high.
func scaleOf(a Axis, low, high, from, to float64) scale {
	if a.Log {
		low, high = math.Log10(low), math.Log10(high)
	}
	if high <= low {
		low, high = low-0.5, high+0.5
	}
	margin := (high - low) * 0.04
	s := scale{low - margin, high + margin, from, to, a.Log}
	if !a.Log && low == 0 {
		s.low = 0
	}
	return s
}

// ticks returns round values between low and high.
func ticks(a Axis, low, high float64) (at []float64) {
	if a.Ticks != nil {
		return a.Ticks
	}
	if a.Log {
		for decade := math.Floor(math.Log10(low)); decade <= math.Ceil(math.Log10(high)); decade++ {
			for _, digit := range []float64{1, 2, 5} {
				if v := digit * math.Pow(10, decade); v >= low*0.999 && v <= high*1.001 && (digit == 1 || high/low < 2000) {
					at = append(at, v)
				}
			}
		}
		return at
	}
	step := math.Pow(10, math.Floor(math.Log10(high-low)))
	for _, part := range []float64{0.1, 0.2, 0.5, 1} {
		if (high-low)/(step*part) <= 6 {
			step *= part
			break
		}
	}
	for v := math.Ceil(low/step) * step; v <= high*1.001; v += step {
		at = append(at, v)
	}
	return at
}

// bounds returns the least and greatest values of both axes. Axes that are not
// logarithmic begin at 0.
func (p Plot) bounds() (x, y [2]float64) {
	x, y = [2]float64{math.Inf(1), math.Inf(-1)}, [2]float64{math.Inf(1), math.Inf(-1)}
	for _, s := range p.Series {
		for _, v := range s.Points {
			x[0], x[1] = min(x[0], v.X), max(x[1], v.X)
			y[0], y[1] = min(y[0], v.Min), max(y[1], v.Max)
		}
	}
	if !p.X.Log {
		x[0] = 0
	}
	if !p.Y.Log {
		y[0] = 0
	}
	return x, y
}

// SVG returns the plot, or an error if it has no points or a logarithmic axis has a value
// that is not positive.
func (p Plot) SVG() (string, error) {
	xs, ys := p.bounds()
	if math.IsInf(xs[1], 0) {
		return "", fmt.Errorf("plot %q has no points", p.Title)
	}
	if p.X.Log && xs[0] <= 0 || p.Y.Log && ys[0] <= 0 {
		return "", fmt.Errorf("plot %q: a logarithmic axis has a value that is not positive", p.Title)
	}
	x := scaleOf(p.X, xs[0], xs[1], left, width-right)
	y := scaleOf(p.Y, ys[0], ys[1], height-bottom, top)
	var out strings.Builder
	begin(&out, p.Title, height)
	for _, v := range ticks(p.X, xs[0], xs[1]) {
		fmt.Fprintf(&out, "<path class=\"grid\" d=\"M%.1f %dV%d\"/>\n", x.at(v), top, height-bottom)
		text(&out, "middle", x.at(v), height-bottom+16, Short(v))
	}
	for _, v := range ticks(p.Y, ys[0], ys[1]) {
		fmt.Fprintf(&out, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>\n", left, y.at(v), width-right)
		text(&out, "end", left-6, y.at(v)+4, Short(v))
	}
	text(&out, "middle", (left+width-right)/2, height-14, p.X.Label)
	text(&out, "start", 8, top-8, p.Y.Label)
	for i, s := range p.Series {
		p.line(&out, x, y, s)
		legend(&out, i, s.Colour, s.Name)
	}
	out.WriteString("</svg>\n")
	return out.String(), nil
}

// line draws a series: the line through its medians, and spreads as upright strokes.
func (p Plot) line(out *strings.Builder, x, y scale, s Series) {
	fmt.Fprintf(out, "<g class=\"c%d\">", s.Colour)
	var d strings.Builder
	for i, v := range s.Points {
		command := 'L'
		if i == 0 || v.Apart {
			command = 'M'
		}
		fmt.Fprintf(&d, "%c%.1f %.1f", command, x.at(v.X), y.at(v.Y))
	}
	fmt.Fprintf(out, "<path class=\"s\" d=\"%s\"/>", &d)
	for _, v := range s.Points {
		if v.Min < v.Max {
			fmt.Fprintf(out, "<path class=\"s\" d=\"M%.1f %.1fV%.1f\"/>", x.at(v.X), y.at(v.Min), y.at(v.Max))
		}
		if !p.Plain {
			fmt.Fprintf(out, "<circle class=\"f\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>", x.at(v.X), y.at(v.Y))
		}
	}
	out.WriteString("</g>\n")
}

// Bar is one of Bars: parts stacked from the left.
type Bar struct {
	Name  string
	Parts []float64 // not negative
}

// Bars is a diagram of lying bars.
type Bars struct {
	Title, Label string
	Parts        []string // what the parts are
	Bars         []Bar
}

// SVG returns the diagram, or an error if there is nothing to draw.
func (b Bars) SVG() (string, error) {
	longest := 0.0
	for _, bar := range b.Bars {
		sum := 0.0
		for _, v := range bar.Parts {
			sum += v
		}
		longest = max(longest, sum)
	}
	if longest == 0 {
		return "", fmt.Errorf("plot %q has no bars", b.Title)
	}
	high := top + bottom + max(32*len(b.Bars), 20*len(b.Parts))
	axis := Axis{}
	x := scaleOf(axis, 0, longest, left+60, width-right)
	var out strings.Builder
	begin(&out, b.Title, high)
	for _, v := range ticks(axis, 0, longest) {
		fmt.Fprintf(&out, "<path class=\"grid\" d=\"M%.1f %dV%d\"/>\n", x.at(v), top, high-bottom)
		text(&out, "middle", x.at(v), float64(high-bottom+16), Short(v))
	}
	text(&out, "middle", (left+width-right)/2, float64(high-14), b.Label)
	for i, bar := range b.Bars {
		y, sum := top+32*i+6, 0.0
		text(&out, "end", left+54, float64(y+15), bar.Name)
		for part, v := range bar.Parts {
			fmt.Fprintf(&out, "<rect class=\"f c%d\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"20\"/>\n",
				part, x.at(sum), y, x.at(sum+v)-x.at(sum))
			sum += v
		}
	}
	for i, part := range b.Parts {
		legend(&out, i, i, part)
	}
	out.WriteString("</svg>\n")
	return out.String(), nil
}

func begin(out *strings.Builder, title string, high int) {
	fmt.Fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n",
		width, high, width, high)
	fmt.Fprintf(out, "<title>%s</title>\n%s<rect class=\"ground\" width=\"%d\" height=\"%d\"/>\n", html.EscapeString(title), look, width, high)
	fmt.Fprintf(out, "<text class=\"title\" x=\"8\" y=\"18\">%s</text>\n", html.EscapeString(title))
}

func text(out *strings.Builder, anchor string, x, y float64, content string) {
	fmt.Fprintf(out, "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", anchor, x, y, html.EscapeString(content))
}

func legend(out *strings.Builder, row, colour int, name string) {
	y := top + 10 + 20*row
	fmt.Fprintf(out, "<rect class=\"f c%d\" x=\"%d\" y=\"%d\" width=\"14\" height=\"10\"/>\n", colour, width-right+14, y-9)
	text(out, "start", width-right+34, float64(y), name)
}

// Short returns v for the tick of an axis: 1,500,000 is 1.5M.
func Short(v float64) string {
	for _, unit := range []struct {
		of   float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= unit.of {
			return fmt.Sprintf("%.4g%s", v/unit.of, unit.name)
		}
	}
	return fmt.Sprintf("%.4g", v)
}
