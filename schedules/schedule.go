package schedules

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// scheduleVersion is the first line of a schedule that is not a comment.
const scheduleVersion = "annulus schedule v1"

// maxScheduleBytes bounds the files that are read as schedules.
const maxScheduleBytes = 64 << 20

// Schedule is an execution written down so that it can be repeated: which task
// performs which operation on which object, step by step. Tasks have the names
// that the program gave them, objects those, or a type with a number in the
// order of their first touch, so that a schedule survives edits that leave the
// operations as they are.
//
// The text form has one step on a line, after a version line, a line that names
// the program, and a line of limits. Lines that begin with # are comments.
type Schedule struct {
	// Story is the comment in front of the schedule, without the # signs.
	Story string

	// Program says what the schedule is for, such as the name of a test. It is
	// for people and for tools: replaying does not look at it.
	Program string

	// Limits are those of the exploration that found the schedule. Replaying
	// applies them.
	Limits Limits

	// Steps are the operations in their order.
	Steps []Step
}

// Limits are the settings of a [Config], in its words, on which the course of an
// execution depends. A 0 stands for the default.
type Limits struct {
	Steps          int
	LivelockRounds int
	NoParking      bool
}

// limits begins the line of the limits in the text form.
const limits = "limits "

// String returns the limits as they stand in a schedule file.
func (l Limits) String() string {
	return fmt.Sprintf("%ssteps=%d livelock=%d parking=%t", limits, l.Steps, l.LivelockRounds, !l.NoParking)
}

// config is the configuration for repeating the schedule.
func (s Schedule) config() Config {
	l := s.Limits
	return Config{Steps: l.Steps, LivelockRounds: l.LivelockRounds, NoParking: l.NoParking}.withDefaults()
}

func parseLimits(line string) (Limits, error) {
	var l Limits
	var parking bool
	_, err := fmt.Sscanf(line, limits+"steps=%d livelock=%d parking=%t", &l.Steps, &l.LivelockRounds, &parking)
	l.NoParking = !parking
	if err != nil || l.String() != line || l.Steps < 0 || l.LivelockRounds < 0 {
		return l, &SyntaxError{Found: quote(line), Expected: fmt.Sprintf("limits like %q", Limits{})}
	}
	return l, nil
}

// Step is an operation of a task in a [Schedule].
type Step struct {
	Task   string
	Op     string
	Object string // "" if the operation has none
}

// String returns the step as it stands in a schedule file.
func (s Step) String() string {
	text := word(s.Task) + " " + word(s.Op)
	if s.Object != "" {
		text += " " + word(s.Object)
	}
	return text
}

// WriteTo writes the text form to w and returns the number of bytes written.
func (s Schedule) WriteTo(w io.Writer) (int64, error) {
	var b bytes.Buffer
	if s.Story != "" {
		for line := range strings.Lines(s.Story) {
			b.WriteString(strings.TrimRight("# "+strings.TrimRight(line, "\r\n"), " ") + "\n")
		}
	}
	fmt.Fprintf(&b, "%s\nprogram %s\n%v\n", scheduleVersion, word(s.Program), s.Limits)
	for _, step := range s.Steps {
		b.WriteString(step.String())
		b.WriteByte('\n')
	}
	n, err := w.Write(b.Bytes())
	return int64(n), err
}

// String returns the text form.
func (s Schedule) String() string {
	var b strings.Builder
	s.WriteTo(&b) // a strings.Builder takes everything
	return b.String()
}

// Save writes the text form to the named file. The file is replaced as a whole
// or not at all.
func (s Schedule) Save(path string) error {
	return replaceFile(path, func(w io.Writer) error {
		_, err := s.WriteTo(w)
		return err
	})
}

// LoadSchedule reads the named schedule file.
func LoadSchedule(path string) (Schedule, error) {
	f, err := os.Open(path)
	if err != nil {
		return Schedule{}, err
	}
	defer f.Close()
	s, err := ParseSchedule(f)
	if err != nil {
		return Schedule{}, In(path, err)
	}
	return s, nil
}

// ParseSchedule reads a text form. A text that is none gets a [SyntaxError], which
// names the line.
func ParseSchedule(r io.Reader) (Schedule, error) {
	var p scheduleParser
	limited := &io.LimitedReader{R: r, N: maxScheduleBytes + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxScheduleBytes)
	number := 0
	for lines.Scan() {
		number++
		err := p.line(strings.TrimSpace(lines.Text()))
		var syntax *SyntaxError
		if errors.As(err, &syntax) {
			syntax.Line = number
		}
		if err != nil {
			return Schedule{}, err
		}
	}
	switch err := lines.Err(); {
	case limited.N == 0 || errors.Is(err, bufio.ErrTooLong):
		return Schedule{}, &SyntaxError{Line: number + 1, Found: "more text", Expected: fmt.Sprintf("a schedule of at most %d bytes", maxScheduleBytes)}
	case err != nil:
		return Schedule{}, err
	case p.part < inSteps:
		return Schedule{}, &SyntaxError{Line: number + 1, Found: "the end", Expected: p.part.expected()}
	}
	p.s.Story = strings.Join(p.story, "\n")
	return p.s, nil
}

// schedulePart is a part of the text form of a schedule.
type schedulePart int

const (
	inVersion schedulePart = iota
	inProgram
	inLimits
	inSteps
)

func (p schedulePart) expected() string {
	switch p {
	case inVersion:
		return strconv.Quote(scheduleVersion)
	case inProgram:
		return `"program" and a name`
	case inLimits:
		return fmt.Sprintf("limits like %q", Limits{})
	}
	return "a task, an operation and perhaps an object"
}

// scheduleParser reads a schedule line by line.
type scheduleParser struct {
	s     Schedule
	story []string
	part  schedulePart // which is to come
}

// line reads a line without the spaces around it. Its errors do not know the line's
// number.
func (p *scheduleParser) line(line string) error {
	if comment, ok := strings.CutPrefix(line, "#"); ok {
		if p.part == inVersion {
			p.story = append(p.story, strings.TrimPrefix(comment, " "))
		}
		return nil
	}
	if line == "" {
		return nil
	}
	if p.part == inVersion { // other versions may have other rules for words
		if line != scheduleVersion {
			return &SyntaxError{Found: quote(line), Expected: p.part.expected()}
		}
		p.part++
		return nil
	}
	words, err := splitWords(line)
	if err != nil {
		return err
	}
	unexpected := &SyntaxError{Found: quote(line), Expected: p.part.expected()}
	switch p.part {
	case inProgram:
		if len(words) != 2 || words[0] != "program" {
			return unexpected
		}
		p.s.Program = words[1]
		p.part++
	case inLimits:
		p.s.Limits, err = parseLimits(line)
		p.part++
		return err
	default:
		if len(words) < 2 || len(words) > 3 {
			return unexpected
		}
		if !slices.Contains(opNames[:], words[1]) {
			return &SyntaxError{Found: fmt.Sprintf("%s in %s", quote(words[1]), quote(line)), Expected: "the name of an operation, such as Load or Lock"}
		}
		step := Step{Task: words[0], Op: words[1]}
		if len(words) == 3 {
			step.Object = words[2]
		}
		p.s.Steps = append(p.s.Steps, step)
	}
	return nil
}

// word quotes a name unless it is printable and free of spaces and quotes.
func word(name string) string {
	plain := name != "" && name[0] != '#'
	for _, r := range name {
		plain = plain && r != '"' && r != '\\' && r != ' ' && r != '\uFFFD' && strconv.IsPrint(r)
	}
	if plain {
		return name
	}
	return strconv.Quote(name)
}

// splitWords undoes word for the names on a line.
func splitWords(line string) ([]string, error) {
	var words []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if line[0] != '"' {
			end := strings.IndexAny(line, " \t")
			if end < 0 {
				end = len(line)
			}
			if word(line[:end]) != line[:end] {
				return nil, &SyntaxError{Found: quote(line[:end]), Expected: word(line[:end])}
			}
			words = append(words, line[:end])
			line = line[end:]
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return nil, &SyntaxError{Found: quote(line), Expected: "a name in quotes as in Go"}
		}
		name, _ := strconv.Unquote(quoted) // it has just been recognised
		words = append(words, name)
		if line = line[len(quoted):]; line != "" && line[0] != ' ' && line[0] != '\t' {
			return nil, &SyntaxError{Found: quote(line), Expected: "a space after " + quoted}
		}
	}
	return words, nil
}
