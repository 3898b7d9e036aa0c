package history

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Explanation says why a history is not linearizable: up to which operation it
// can be explained, and what speaks against every place of that operation.
//
// Time is cut at the first response up to which there is no order of the
// operations that the model accepts. What had returned by then has taken effect;
// what was under way may have, with the answer that it got later. The operation
// that returns there is the misfit: without it there is an order. Of several that
// return at the same moment as many are explained as can be.
type Explanation struct {
	// History is what was judged. Where the recorded history can be read in
	// several ways, it is the reading that can be explained furthest.
	History []Entry `json:"history"`
	// Words tell every operation of History as a reader of the program knows it.
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
	// Places are all places in Order where real time lets the misfit stand, and,
	// if it is part of an eviction, the order of its parts, too. They ascend.
	Places []Place `json:"places"`

	// Orders is how many orders were looked at. Those that lead to the same state
	// by the same operations are continued in one way only. More means that there
	// are more; there is no place in those either.
	Orders int  `json:"orders"`
	More   bool `json:"more,omitempty"`
	// Elsewhere are places in other orders, one for each further reason.
	Elsewhere []Place `json:"elsewhere,omitempty"`
}

// Place is where the misfit might stand in an order, and why it cannot.
type Place struct {
	// From and To are the positions of the operations before which the misfit may
	// stand: the first and the last of those with the same reason. The position
	// behind the last operation is the length of the order.
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

// Message says in two lines what cannot be placed and the chief reason: the one at the last place at which the misfit itself is refused.
func (e *Explanation) Message() string {
	chief := e.Places[len(e.Places)-1]
	for _, p := range e.Places {
		if p.Refused == e.Misfit {
			chief = p
		}
	}
	return fmt.Sprintf("%s fits nowhere\n%s", e.misfit(), e.Against(chief))
}

// Against tells a place, which is one of e's, and what speaks against it.
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

// Lines returns what is to be said besides [Explanation.Message]: what can be
// explained, and what speaks against each place, a line each.
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

// limits tells what else there is that has not been told.
func (e *Explanation) limits() (lines []string) {
	if e.More {
		lines = append(lines, fmt.Sprintf("There are more than the %d orders that were looked at. It fits into none of them either.", e.Orders))
	}
	if e.Readings > 1 {
		lines = append(lines, fmt.Sprintf("The history can be read in %d ways, since some evictions were not seen. This one gets furthest.", e.Readings))
	}
	return lines
}

// mostTold bounds the operations of an order that are told one by one.
const mostTold = 8

// explained tells an order of what can be explained; of a long one the end.
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

// wrap breaks a text at spaces into lines of so many characters, if its words let
// it. All but the first line are indented.
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
