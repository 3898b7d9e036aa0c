package linearizability

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"annulus/schedules"
	"annulus/schedules/files"
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

// Parse reads the text form of a program. What is wrong with the text is a
// [schedules.SyntaxError], which names the line; what is wrong with the program as a
// whole, see [Program.Validate], names the program. The last line of a file may be
// there, and must then be right.
func Parse(text string) (Program, error) {
	var p programParser
	if err := p.parse(text); err != nil {
		return p.program, fmt.Errorf("linearizability: program %q: %w", p.program.Name, err)
	}
	return p.program, p.program.Validate()
}

// maxProgramBytes bounds the files that are read as programs.
const maxProgramBytes = 1 << 20

// LoadProgram reads a program from the named file: its text form of at most a mebibyte,
// and behind it the word end and the number of lines before it, of those that are not
// empty and no comments. Its errors name the file, and are otherwise those of [Parse].
func LoadProgram(path string) (Program, error) {
	text, err := files.Load(path, maxProgramBytes, "a program")
	if err != nil {
		return Program{}, err
	}
	var p programParser
	err = p.parse(string(text))
	if err == nil && !p.ended {
		err = files.Cut(bytes.Count(text, []byte("\n"))+1, p.lines, "lines")
	}
	if err == nil {
		err = p.program.Validate()
	}
	return p.program, files.In(path, err)
}

// unexpected returns an error that does not know its line.
func unexpected(found, expected string, args ...any) error {
	return &schedules.SyntaxError{Found: found, Expected: fmt.Sprintf(expected, args...)}
}

// programParser reads the text form, and leaves the rules for programs to others.
type programParser struct {
	program Program
	lines   int // without comments and empty ones
	ended   bool
}

func (p *programParser) parse(text string) error {
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		err := p.line(strings.TrimSpace(line), seen)
		var syntax *schedules.SyntaxError
		if errors.As(err, &syntax) {
			syntax.Line = i + 1
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *programParser) line(line string, seen map[string]bool) error {
	switch {
	case line == "":
		return nil
	case p.ended:
		return unexpected(files.Quote(line), "nothing behind the last line")
	case strings.HasPrefix(line, "#"):
		return nil
	}
	key, rest := line, ""
	if end := strings.IndexFunc(line, unicode.IsSpace); end >= 0 {
		key, rest = line[:end], strings.TrimSpace(line[end:])
	}
	if key == endKey {
		p.ended = true
		return files.Ends(strings.Fields(rest), p.lines, "lines")
	}
	if seen[key] {
		return unexpected(fmt.Sprintf("a second line %q", key), "one")
	}
	seen[key] = true
	p.lines++
	return p.program.parseLine(key, rest)
}

// Keys of lines that are not tasks.
const (
	programKey = "program"
	aboutKey   = "about"
	ringKey    = "ring"
	setupKey   = "setup"
	afterKey   = "after"
	endKey     = "end"
)

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
	case programKey:
		p.Name = rest
	case aboutKey:
		p.About = rest
	case ringKey:
		p.Ring, err = parseRing(rest)
	case setupKey:
		p.Setup, err = parseOps(rest)
	case afterKey:
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
		var err error
		switch {
		case len(words) == 2 && words[1] == "bytes":
			r.Capacity, err = number(words[0])
		case len(words) > 1 && words[0] == "classes":
			r.Classes, err = parseNumbers(words[1:])
		case len(words) == 2 && words[0] == "copy-on-access":
			r.CopyOnAccessBytes, err = number(words[1])
		case len(words) == 2 && words[0] == "patience":
			r.EvictPatience, err = number(words[1])
		case slices.Equal(words, []string{"discard", "live"}):
			r.DiscardLive = true
		case slices.Equal(words, []string{"strict", "LIFO"}):
			r.StrictLIFO = true
		default:
			err = unexpected(strconv.Quote(strings.TrimSpace(part)), "a property of a ring, such as 512 bytes, classes 64 128, "+
				"copy-on-access 64, patience 4, discard live, strict LIFO")
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// number reads a number that is not negative.
func number(word string) (int, error) {
	n, err := strconv.Atoi(word)
	switch {
	case word == "":
		return 0, unexpected("no more", "a number")
	case err != nil || n < 0:
		return 0, unexpected(strconv.Quote(word), "a number")
	}
	return n, nil
}

func parseNumbers(words []string) ([]int, error) {
	var list []int
	for _, w := range words {
		n, err := number(w)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

func parseOps(text string) ([]Op, error) {
	spaced := strings.NewReplacer(";", " ; ", "{", " { ", "}", " } ").Replace(text)
	r := opReader{words: strings.Fields(spaced)}
	ops, err := r.list()
	if err == nil && len(r.words) > 0 {
		err = unexpected(strconv.Quote(r.words[0]), "a semicolon or the end of the line")
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
		return Op{}, unexpected(strconv.Quote(name), "an operation: %s", strings.Join(verbNames[:], ", "))
	}
	o := Op{Verb: Verb(at)}
	if o.Verb.takesVariable() {
		if o.Var, _ = r.next(isName); o.Var == "" {
			return o, unexpected("no more", "a variable after %s", name)
		}
	}
	if o.Verb.takesNumber() {
		w, _ := r.next(nil)
		var err error
		if o.N, err = number(w); err != nil {
			return o, err
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
		err = unexpected("no more", "a brace that closes the body of %s", o.Verb)
	}
	return err
}

func isName(w string) bool {
	return w != ";" && w != "{" && w != "}"
}
