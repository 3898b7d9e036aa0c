package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"annulus/schedules/files"
)

// Parse reads the text form of a program. The error wraps a *[files.SyntaxError], which
// names the line, if the text is not in that form; otherwise it is that of
// [Program.Validate]. The text may end with the last line that a file has, see
// [LoadProgram], which must then be right.
func Parse(text string) (Program, error) {
	var p programParser
	if err := p.parse(text); err != nil {
		return p.program, fmt.Errorf("scenario: program %q: %w", p.program.Name, err)
	}
	return p.program, p.program.Validate()
}

// maxProgramBytes bounds the files that are read as programs.
const maxProgramBytes = 1 << 20

// LoadProgram reads a program from the named file of at most 1 MiB: its text form, followed
// by a last line with the word end and the number of lines before it, not counting empty
// lines and comments. Errors name the file, and are those of reading it or of [Parse].
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

// unexpected returns an error without a line number, which the caller adds.
func unexpected(found, expected string, args ...any) error {
	return &files.SyntaxError{Found: found, Expected: fmt.Sprintf(expected, args...)}
}

// programParser reads the text form. It does not check the rules for programs, which
// Validate does.
type programParser struct {
	program Program
	lines   int // without comments and empty ones
	ended   bool
}

func (p *programParser) parse(text string) error {
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		err := p.line(strings.TrimSpace(line), seen)
		var syntax *files.SyntaxError
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

// MustParse is [Parse] for programs that are part of the source: it panics if Parse returns
// an error.
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
