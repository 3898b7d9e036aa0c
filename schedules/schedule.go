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

	"annulus/schedules/files"
	"annulus/schedules/quote"
)

// scheduleVersion is the first line of a schedule that is not a comment.
const scheduleVersion = "annulus schedule v2"

// unendedVersion was that of schedules without a last line that counts the steps.
const unendedVersion = "annulus schedule v1"

// Bounds of schedules, in bytes. Reading the worst text of that length takes 480 MB.
const (
	maxScheduleBytes = 16 << 20
	maxScheduleLine  = 64 << 10 // three names in quotes take less
	maxStoryLine     = 8 << 10  // characters

	// MaxName bounds the names of tasks, objects and programs.
	MaxName = 4 << 10
)

// Schedule is an execution written down so that it can be repeated: which task
// performs which operation on which object, step by step. Tasks have the names
// that the program gave them, objects those, or a type with a number in the
// order of their first touch, so that a schedule survives edits that leave the
// operations as they are.
//
// The text form has one step on a line, after a version line, a line that names
// the program, and a line of limits. The last line is the word end and the number of
// steps, so that a text that was cut is not taken for a whole one. Lines that begin
// with # are comments. A text has at most 16 MiB, and a name [MaxName] bytes.
type Schedule struct {
	// Story is the comment in front of the schedule, without the # signs. In the text
	// form lines of more than 8192 characters are cut, and what a terminal would act
	// on is written as in \u001b.
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
	Leaks          Leaks
	GoexitEnds     bool
	EarlyTimers    int
}

// limits begins the line of the limits in the text form.
const limits = "limits "

// limitsOf returns the limits in the configuration.
func limitsOf(c *Config) Limits {
	return Limits{
		Steps: c.Steps, LivelockRounds: c.LivelockRounds, NoParking: c.NoParking,
		Leaks: c.Leaks, GoexitEnds: c.GoexitEnds, EarlyTimers: c.EarlyTimers,
	}
}

// config is the configuration for repeating the schedule.
func (s Schedule) config() Config {
	l := s.Limits
	return Config{
		Steps: l.Steps, LivelockRounds: l.LivelockRounds, NoParking: l.NoParking,
		Leaks: l.Leaks, GoexitEnds: l.GoexitEnds, EarlyTimers: l.EarlyTimers,
	}.withDefaults()
}

// String returns the limits as they stand in a schedule file. Those that were added later
// are left out where they are the default.
func (l Limits) String() string {
	text := fmt.Sprintf("%ssteps=%d livelock=%d parking=%t", limits, l.Steps, l.LivelockRounds, !l.NoParking)
	if l.Leaks != LeaksDeadlock {
		text += fmt.Sprintf(" leaks=%v", l.Leaks)
	}
	if l.GoexitEnds {
		text += " goexit=ends"
	}
	if l.EarlyTimers > 0 {
		text += fmt.Sprintf(" early=%d", l.EarlyTimers)
	}
	return text
}

func parseLimits(line string) (Limits, error) {
	l := Limits{NoParking: strings.Contains(line, " parking=false")}
	for _, setting := range strings.Fields(line)[1:] {
		key, value, _ := strings.Cut(setting, "=")
		switch key {
		case "steps":
			l.Steps, _ = strconv.Atoi(value)
		case "livelock":
			l.LivelockRounds, _ = strconv.Atoi(value)
		case "leaks":
			l.Leaks = Leaks(max(0, slices.Index(leaksNames[:], value)))
		case "goexit":
			l.GoexitEnds = true
		case "early":
			l.EarlyTimers, _ = strconv.Atoi(value)
		}
	}
	if l.String() != line || l.Steps < 0 || l.LivelockRounds < 0 { // also where a value was none
		return l, &SyntaxError{Found: files.Quote(line), Expected: fmt.Sprintf("limits like %q", Limits{})}
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

// WriteTo writes the text form to w and returns the number of bytes written. Nothing
// is written of a schedule that could not be read again: one with a longer name, or of
// a longer text, than there may be.
func (s Schedule) WriteTo(w io.Writer) (int64, error) {
	text := s.String()
	if len(text) > maxScheduleBytes {
		return 0, fmt.Errorf("schedules: the schedule has %d bytes; must have %d at most", len(text), maxScheduleBytes)
	}
	for _, name := range s.names() {
		if len(name) > MaxName {
			return 0, fmt.Errorf("schedules: the name %s has %d bytes; must have %d at most", files.Quote(name), len(name), MaxName)
		}
	}
	n, err := io.WriteString(w, text)
	return int64(n), err
}

// names returns all names in the schedule.
func (s *Schedule) names() []string {
	list := []string{s.Program}
	for _, step := range s.Steps {
		list = append(list, step.Task, step.Object)
	}
	return list
}

// String returns the text form.
func (s Schedule) String() string {
	var b bytes.Buffer
	if s.Story != "" {
		for line := range strings.Lines(s.Story) {
			line = quote.Cut(quote.Text(strings.TrimRight(line, "\r\n")), maxStoryLine)
			b.WriteString(strings.TrimRight("# "+line, " \t") + "\n")
		}
	}
	fmt.Fprintf(&b, "%s\nprogram %s\n%v\n", scheduleVersion, word(s.Program), s.Limits)
	for _, step := range s.Steps {
		b.WriteString(step.String())
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "end %d\n", len(s.Steps))
	return b.String()
}

// Save writes the text form to the named file. The file is replaced as a whole
// or not at all.
func (s Schedule) Save(path string) error {
	return files.Replace(path, func(w io.Writer) error {
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
		return Schedule{}, files.In(path, err)
	}
	return s, nil
}

// ParseSchedule reads a text form. A text that is none, or was cut, gets a
// [SyntaxError], which names the line.
func ParseSchedule(r io.Reader) (Schedule, error) {
	p := scheduleParser{known: map[string]string{}}
	limited := &io.LimitedReader{R: r, N: maxScheduleBytes + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxScheduleLine)
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
	syntax := (*SyntaxError)(nil)
	switch err := lines.Err(); {
	case limited.N == 0:
		syntax = files.TooLong(maxScheduleBytes, "a schedule")
	case errors.Is(err, bufio.ErrTooLong):
		syntax = files.TooLong(maxScheduleLine, "a line")
	case err != nil:
		return Schedule{}, err
	case p.part < inSteps:
		syntax = &SyntaxError{Found: "the end", Expected: p.part.expected()}
	case p.part == inSteps:
		syntax = files.Cut(0, len(p.s.Steps), "steps")
	default:
		p.s.Story = strings.Join(p.story, "\n")
		return p.s, nil
	}
	syntax.Line = number + 1
	return Schedule{}, syntax
}

// schedulePart is a part of the text form of a schedule.
type schedulePart int

const (
	inVersion schedulePart = iota
	inProgram
	inLimits
	inSteps
	ended
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
	part  schedulePart      // which is to come
	known map[string]string // words, each of which is kept once
}

// line reads a line without the spaces around it. Its errors do not know the line's
// number.
func (p *scheduleParser) line(line string) error {
	if p.part == ended && line != "" {
		return &SyntaxError{Found: files.Quote(line), Expected: "nothing behind the last line"}
	}
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
		switch line {
		case scheduleVersion:
		case unendedVersion:
			return &SyntaxError{Found: files.Quote(line), Expected: p.part.expected() + "; a file of version 1 that is known to be whole becomes one " +
				`of version 2 by that line and, behind its steps, by a last line of "end" and their number`}
		default:
			return &SyntaxError{Found: files.Quote(line), Expected: p.part.expected()}
		}
		p.part++
		return nil
	}
	words, err := splitWords(line)
	if err != nil {
		return err
	}
	unexpected := &SyntaxError{Found: files.Quote(line), Expected: p.part.expected()}
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
		if words[0] == "end" && len(words) < 3 && !slices.Contains(opNames[:], words[len(words)-1]) {
			p.part++ // no task of that name has such a step
			return files.Ends(words[1:], len(p.s.Steps), "steps")
		}
		if len(words) < 2 || len(words) > 3 {
			return unexpected
		}
		if !slices.Contains(opNames[:], words[1]) {
			return &SyntaxError{Found: fmt.Sprintf("%s in %s", files.Quote(words[1]), files.Quote(line)), Expected: "the name of an operation, such as Load or Lock"}
		}
		step := Step{Task: p.once(words[0]), Op: p.once(words[1])}
		if len(words) == 3 {
			step.Object = p.once(words[2])
		}
		p.s.Steps = append(p.s.Steps, step)
	}
	return nil
}

// once returns the word, as one string for all its uses.
func (p *scheduleParser) once(word string) string {
	if known, ok := p.known[word]; ok {
		return known
	}
	word = strings.Clone(word)
	p.known[word] = word
	return word
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
				return nil, &SyntaxError{Found: files.Quote(line[:end]), Expected: word(line[:end])}
			}
			if end > MaxName {
				return nil, longName(line[:end])
			}
			words = append(words, line[:end])
			line = line[end:]
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return nil, &SyntaxError{Found: files.Quote(line), Expected: "a name in quotes as in Go"}
		}
		name, _ := strconv.Unquote(quoted) // it has just been recognised
		if len(name) > MaxName {
			return nil, longName(name)
		}
		words = append(words, name)
		if line = line[len(quoted):]; line != "" && line[0] != ' ' && line[0] != '\t' {
			return nil, &SyntaxError{Found: files.Quote(line), Expected: "a space after " + quoted}
		}
	}
	return words, nil
}

func longName(name string) error {
	return &SyntaxError{Found: files.Quote(name), Expected: fmt.Sprintf("a name of at most %d bytes", MaxName)}
}
