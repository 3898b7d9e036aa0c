package linearizability

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// String returns the text form of the operation.
func (o Op) String() string {
	words := []string{o.Verb.String()}
	if o.Verb.takesVariable() {
		words = append(words, o.Var)
	}
	if o.Verb.takesNumber() {
		words = append(words, strconv.Itoa(o.N))
	}
	if o.Verb.evicts() {
		if o.Answer != Accept {
			words = append(words, o.Answer.String())
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

// String returns the text form of the configuration.
func (r Ring) String() string {
	parts := []string{fmt.Sprintf("%d bytes", r.Capacity), "classes" + numbers(r.Classes)}
	if r.CopyOnAccessBytes != 0 {
		parts = append(parts, fmt.Sprintf("copy-on-access %d", r.CopyOnAccessBytes))
	}
	if r.EvictPatience != 0 {
		parts = append(parts, fmt.Sprintf("patience %d", r.EvictPatience))
	}
	if r.DiscardLive {
		parts = append(parts, "discard live")
	}
	if r.StrictLIFO {
		parts = append(parts, "strict LIFO")
	}
	return strings.Join(parts, ", ")
}

func numbers(list []int) string {
	var b strings.Builder
	for _, n := range list {
		fmt.Fprintf(&b, " %d", n)
	}
	return b.String()
}

// String returns the text form, which ends with a newline.
func (p Program) String() string {
	width := len("program")
	for _, t := range p.Tasks {
		width = max(width, len(t.Name))
	}
	var b strings.Builder
	line := func(key, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-*s %s\n", width, key, text)
		}
	}
	line("program", p.Name)
	line("about", p.About)
	line("ring", p.Ring.String())
	line("setup", formatOps(p.Setup))
	for _, t := range p.Tasks {
		line(t.Name, formatOps(t.Ops))
	}
	line("after", formatOps(p.After))
	return b.String()
}

// Parse reads the text form of a program. Its errors name the line.
func Parse(text string) (Program, error) {
	var p Program
	for i, line := range strings.Split(text, "\n") {
		key, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if key == "" || strings.HasPrefix(key, "#") {
			continue
		}
		if err := p.parseLine(key, strings.TrimSpace(rest)); err != nil {
			return p, fmt.Errorf("linearizability: program %q, line %d: %w", p.Name, i+1, err)
		}
	}
	if err := p.Validate(); err != nil {
		return p, err
	}
	return p, nil
}

// MustParse is Parse for programs that are part of the source: it panics where
// Parse returns an error.
func MustParse(text string) Program {
	p, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return p
}

func (p *Program) parseLine(key, rest string) (err error) {
	switch key {
	case "program":
		p.Name = rest
	case "about":
		p.About = rest
	case "ring":
		p.Ring, err = parseRing(rest)
	case "setup":
		p.Setup, err = parseOps(rest)
	case "after":
		p.After, err = parseOps(rest)
	default:
		var ops []Op
		ops, err = parseOps(rest)
		p.Tasks = append(p.Tasks, Task{Name: key, Ops: ops})
	}
	return err
}

func parseRing(text string) (Ring, error) {
	var r Ring
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Fields(part)
		switch {
		case len(words) == 2 && words[1] == "bytes":
			r.Capacity = number(words[0])
		case len(words) > 1 && words[0] == "classes":
			for _, w := range words[1:] {
				r.Classes = append(r.Classes, number(w))
			}
		case len(words) == 2 && words[0] == "copy-on-access":
			r.CopyOnAccessBytes = number(words[1])
		case len(words) == 2 && words[0] == "patience":
			r.EvictPatience = number(words[1])
		case slices.Equal(words, []string{"discard", "live"}):
			r.DiscardLive = true
		case slices.Equal(words, []string{"strict", "LIFO"}):
			r.StrictLIFO = true
		default:
			return r, fmt.Errorf("%q is not a property of a ring", part)
		}
	}
	return r, nil
}

// number returns -1, which no rule accepts, for what is not a number.
func number(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		return -1
	}
	return n
}

func parseOps(text string) ([]Op, error) {
	spaced := strings.NewReplacer(";", " ; ", "{", " { ", "}", " } ").Replace(text)
	r := opReader{words: strings.Fields(spaced)}
	ops, err := r.list()
	if err == nil && len(r.words) > 0 {
		err = fmt.Errorf("unexpected %q", r.words[0])
	}
	return ops, err
}

// opReader reads operations from words.
type opReader struct{ words []string }

// next takes the next word if there is one and accept, unless it is nil, says
// yes.
func (r *opReader) next(accept func(string) bool) (string, bool) {
	if len(r.words) == 0 || accept != nil && !accept(r.words[0]) {
		return "", false
	}
	w := r.words[0]
	r.words = r.words[1:]
	return w, true
}

func (r *opReader) word(want string) bool {
	_, ok := r.next(func(w string) bool { return w == want })
	return ok
}

// list reads operations up to a closing brace or the end.
func (r *opReader) list() ([]Op, error) {
	var ops []Op
	for len(r.words) > 0 && r.words[0] != "}" {
		o, err := r.op()
		if err != nil {
			return nil, err
		}
		ops = append(ops, o)
		if !r.word(";") {
			break
		}
	}
	return ops, nil
}

func (r *opReader) op() (Op, error) {
	name, _ := r.next(nil)
	at := slices.Index(verbNames[:], name)
	if at < 0 {
		return Op{}, fmt.Errorf("there is no operation %q", name)
	}
	o := Op{Verb: Verb(at)}
	if o.Verb.takesVariable() {
		if o.Var, _ = r.next(isName); o.Var == "" {
			return o, fmt.Errorf("%s needs a variable", name)
		}
	}
	if o.Verb.takesNumber() {
		w, _ := r.next(nil)
		if o.N = number(w); o.N < 0 {
			return o, fmt.Errorf("%s needs a number", name)
		}
	}
	if o.Verb.evicts() {
		return o, r.eviction(&o)
	}
	return o, nil
}

// eviction reads what only operations that evict have.
func (r *opReader) eviction(o *Op) (err error) {
	switch {
	case r.word("fail"):
		o.Answer = Fail
	case r.word("panic"):
		o.Answer = Panic
	}
	o.Context = r.word("context")
	if !r.word("{") {
		return nil
	}
	if o.Body, err = r.list(); err == nil && !r.word("}") {
		err = fmt.Errorf("%s: a brace is not closed", o.Verb)
	}
	return err
}

func isName(w string) bool {
	return w != ";" && w != "{" && w != "}"
}
