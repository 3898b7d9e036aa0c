package scenario

import (
	"fmt"
	"strconv"
	"strings"
)

// String returns the text form of the operation.
func (o Op) String() string {
	words := []string{o.Verb.String()}
	if o.Verb.TakesVariable() {
		words = append(words, o.Var)
	}
	if o.Verb.TakesNumber() {
		words = append(words, strconv.Itoa(o.N))
	}
	if o.Worker && o.Verb.TakesWorker() {
		words = append(words, workerWord)
	}
	if o.Verb.Evicts() {
		if o.Answer != Accept {
			words = append(words, o.Answer.String())
			if o.Later {
				words = append(words, laterWord)
			}
		}
		if o.Context {
			words = append(words, "context")
		}
		if len(o.Body) > 0 {
			words = append(words, "{ "+formatOps(o.Body)+" }")
		}
	}
	return strings.Join(words, " ")
}

func formatOps(ops []Op) string {
	texts := make([]string, len(ops))
	for i, o := range ops {
		texts[i] = o.String()
	}
	return strings.Join(texts, "; ")
}

// String returns the text form, which ends with a newline.
func (p Program) String() string {
	width := len(programKey)
	for _, t := range p.Tasks {
		width = max(width, len(t.Name))
	}
	var b strings.Builder
	line := func(key, text string) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-*s %s", width, key, text), " ") + "\n")
	}
	unlessEmpty := func(key, text string) {
		if text != "" {
			line(key, text)
		}
	}
	line(programKey, p.Name)
	unlessEmpty(aboutKey, p.About)
	line(ringKey, p.Ring.String())
	unlessEmpty(setupKey, formatOps(p.Setup))
	for _, t := range p.Tasks {
		line(t.Name, formatOps(t.Ops))
	}
	unlessEmpty(afterKey, formatOps(p.After))
	return b.String()
}

// FileText returns what a file with the program holds: the text form, and the last line
// by which [LoadProgram] knows that it has the whole file.
func (p Program) FileText() string {
	text := p.String()
	return fmt.Sprintf("%send %d\n", text, strings.Count(text, "\n"))
}
