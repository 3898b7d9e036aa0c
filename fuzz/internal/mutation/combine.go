package mutation

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Alone reports whether the mutation is outside functions, where [Combine] cannot
// put it together with others.
func (m Mutation) Alone() bool { return m.body == span{} }

// Numbered is a mutation with the number by which it is chosen. Numbers are
// positive.
type Numbered struct {
	Mutation
	Number int
}

// Variable is the name of the package variable that chooses among the mutations
// that [Combine] has put together: 0 stands for none.
const Variable = "mutationMade"

// Combine returns the file's content with all of the mutations in it, which saves
// building the tests for each: every function begins with a switch over
// [Variable], with a copy of its body for each mutation in it.
//
// lines tells which mutation the lines of the result are about, counted from 1;
// those of the source as it is are about 0.
func Combine(source []byte, list []Numbered) (content []byte, lines []int) {
	var out bytes.Buffer
	lines = append(lines, 0) // there is no line 0
	write := func(number int, text string) {
		out.WriteString(text)
		for range strings.Count(text, "\n") {
			lines = append(lines, number)
		}
	}
	at := 0
	for len(list) > 0 {
		body := list[0].body
		n := slices.IndexFunc(list, func(m Numbered) bool { return m.body != body })
		if n < 0 {
			n = len(list)
		}
		write(0, string(source[at:body.from+1])+" switch "+Variable+" {\n")
		for _, m := range list[:n] {
			write(m.Number, fmt.Sprintf("case %d:\n", m.Number))
			write(m.Number, string(source[body.from+1:m.from])+m.New+string(source[m.to:body.to-1])+m.end())
		}
		write(0, "}\n")
		at = body.from + 1
		list = list[n:]
	}
	write(0, string(source[at:])+"\n")
	return out.Bytes(), lines
}

// end ends the copy of the body.
func (m Mutation) end() string {
	if m.falls {
		return "\nreturn\n"
	}
	return "\npanic(\"the end of a function that returns something\")\n"
}
