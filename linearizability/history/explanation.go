package history

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Explanation says why a history is not linearizable: which operation fits nowhere, in
// which order the operations before it can have happened, and why each place in that
// order is ruled out.
//
// The history is cut at the first response up to which the model accepts no order of the
// operations. Those that had returned by then must be in an order; those that were under
// way may be, with the outcome that they got later. The operation that returns at the cut
// is the misfit: without it there is an order. If several return at that moment, as many
// of them as possible are in the order.
type Explanation struct {
	// History is what was judged. If the recorded history can be read in several ways, it
	// is the reading whose misfit returns last.
	History []Entry `json:"history"`
	// Words describe the operations of History, one for each, with the names of tasks and
	// blocks that the program has.
	Words []Phrase `json:"words"`
	// Readings is the number of readings, none of which is linearizable.
	Readings int `json:"readings"`

	// Misfit is the operation that fits nowhere, as an index of History.
	Misfit int `json:"misfit"`
	// Order is an order, without the misfit, of everything that had returned when
	// the misfit did, and of those operations under way that must have taken
	// effect in it, as indices of History.
	Order []int `json:"order"`
	// UnderWay are those in Order that had not returned when the misfit did.
	UnderWay []int `json:"under_way,omitempty"`
	// Places are all places in Order where real time lets the misfit stand, and, if it is
	// part of an eviction, where the order of the eviction's parts does. They ascend.
	Places []Place `json:"places"`

	// Orders is the number of orders in which places were tried. Orders that lead to the
	// same state by the same operations are continued in one way only. More means that
	// there are further orders; the misfit has no place in those either.
	Orders int  `json:"orders"`
	More   bool `json:"more,omitempty"`
	// Elsewhere are places in other orders, one for each reason that Places does not have.
	Elsewhere []Place `json:"elsewhere,omitempty"`
}

// Place is where the misfit might stand in an order, and why it cannot.
type Place struct {
	// From and To are the first and the last of neighbouring positions with the same
	// reason. At position i the misfit stands before the operation with index i of the
	// order; if i is the length of the order, it stands after all.
	From int `json:"from"`
	To   int `json:"to"`
	// Where names the place in words.
	Where string `json:"where"`
	// Refused is the operation that the model refuses then, as an index of the
	// history: the misfit itself, or one that comes later in the order.
	Refused int `json:"refused"`
	// Reason is why, in words.
	Reason string `json:"reason"`
	// Order is the order in question, if it is another than that of the
	// Explanation.
	Order []int `json:"order,omitempty"`
}

// misfit tells what the misfit is.
func (e *Explanation) misfit() string { return e.Words[e.Misfit].String() }

// Message says in two lines what fits nowhere, and the chief reason: that of the last
// place at which the misfit itself is refused, or of the last place if there is none.
func (e *Explanation) Message() string {
	chief := e.Places[len(e.Places)-1]
	for _, p := range e.Places {
		if p.Refused == e.Misfit {
			chief = p
		}
	}
	return fmt.Sprintf("%s fits nowhere\n%s", e.misfit(), e.Against(chief))
}

// Against says what rules out the place, which must be one of e's.
func (e *Explanation) Against(p Place) string {
	if p.Refused == e.Misfit {
		return p.Where + ": " + p.Reason
	}
	return p.Where + ": allowed, but it rules out that " + e.Words[p.Refused].String() + ": " + p.Reason
}

// maxElsewhere bounds the reasons of other orders in the text.
const maxElsewhere = 3

// width of the lines of the text, in characters.
const width = 118

// String returns the explanation as a few lines, of at most 118 characters where
// words let them.
func (e *Explanation) String() string {
	var b strings.Builder
	b.WriteString(e.misfit() + " fits nowhere.\n")
	for _, line := range e.Lines() {
		b.WriteString(wrap("  "+line, width, "    ") + "\n")
	}
	return b.String()
}

// Lines returns what [Explanation.String] prints below its first line, unbroken: the order
// of the other operations, what rules out each place, and what was not looked at.
func (e *Explanation) Lines() []string {
	lines := []string{e.explained()}
	for _, p := range e.Places {
		lines = append(lines, "- "+e.Against(p))
	}
	for k, p := range e.Elsewhere {
		if k == maxElsewhere {
			lines = append(lines, fmt.Sprintf("- %d further reasons in other orders", len(e.Elsewhere)-k))
			break
		}
		lines = append(lines, "- in another order, "+e.Against(p))
	}
	return append(lines, e.limits()...)
}

// limits says what the explanation leaves out: further orders, and other readings.
func (e *Explanation) limits() (lines []string) {
	if e.More {
		lines = append(lines, fmt.Sprintf("There are more than the %d orders that were looked at. It fits into none of them either.", e.Orders))
	}
	if e.Readings > 1 {
		lines = append(lines, fmt.Sprintf("The history can be read in %d ways, since some evictions were not seen. This one gets furthest.", e.Readings))
	}
	return lines
}

// mostTold bounds the operations of an order that are named one by one.
const mostTold = 8

// explained describes the order of the other operations; of a long order only the end.
func (e *Explanation) explained() string {
	if len(e.Order) == 0 {
		return "It is the first operation."
	}
	from := 0
	if len(e.Order) > mostTold {
		from = min(e.Places[0].From, len(e.Order)-1)
	}
	var told []string
	if from > 0 {
		told = append(told, fmt.Sprintf("%d operations", from))
	}
	whose := ""
	for _, i := range e.Order[from:] {
		text := e.Words[i].String()
		if subject := e.Words[i].Subject; subject == whose {
			text = e.Words[i].Predicate // as in "t2's evict reserves a; claims a"
		} else {
			whose = subject
		}
		if slices.Contains(e.UnderWay, i) {
			text += " (still under way)"
		}
		told = append(told, text)
	}
	return "All before it can be explained: " + strings.Join(told, "; ") + "."
}

// wrap breaks a text at spaces into lines of at most width characters, or longer ones
// where a word is longer. All but the first line are indented.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	used := 0
	for n, word := range strings.Split(strings.ReplaceAll(text, " = ", hardEqual), " ") {
		length := utf8.RuneCountInString(word)
		switch {
		case n == 0:
		case used+1+length > width && word != "":
			b.WriteString("\n" + indent)
			used = len(indent)
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += length
	}
	return strings.ReplaceAll(b.String(), hardEqual, " = ")
}

// hardEqual stands for " = ", at which no line ends.
const hardEqual = "\u00a0=\u00a0"
