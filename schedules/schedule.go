package schedules

import (
	"bufio"
	"bytes"
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

func parseLimits(line string) (Limits, error) {
	var l Limits
	var parking bool
	_, err := fmt.Sscanf(line, limits+"steps=%d livelock=%d parking=%t", &l.Steps, &l.LivelockRounds, &parking)
	l.NoParking = !parking
	if err != nil || l.String() != line || l.Steps < 0 || l.LivelockRounds < 0 {
		return l, fmt.Errorf("expected limits like %q, found %q", Limits{}, line)
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
		return Schedule{}, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// ParseSchedule reads a text form. Its errors name the line.
func ParseSchedule(r io.Reader) (Schedule, error) {
	var s Schedule
	var story []string
	part := 0 // what has been read: the version, the program, the limits
	limited := &io.LimitedReader{R: r, N: maxScheduleBytes + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxScheduleBytes)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if comment, ok := strings.CutPrefix(line, "#"); ok {
			if part == 0 {
				story = append(story, strings.TrimPrefix(comment, " "))
			}
			continue
		}
		if line == "" {
			continue
		}
		words, err := splitWords(line)
		switch {
		case err != nil:
		case part == 0 && line != scheduleVersion:
			err = fmt.Errorf("unknown version %q, expected %q", line, scheduleVersion)
		case part == 0:
			part = 1
		case part == 1 && (len(words) != 2 || words[0] != "program"):
			err = fmt.Errorf("expected \"program\" and a name, found %q", line)
		case part == 1:
			s.Program = words[1]
			part = 2
		case part == 2:
			s.Limits, err = parseLimits(line)
			part = 3
		case len(words) < 2 || len(words) > 3:
			err = fmt.Errorf("expected a task, an operation and an object, found %q", line)
		case !slices.Contains(opNames[:], words[1]):
			err = fmt.Errorf("expected an operation, found %q in %q", words[1], line)
		default:
			step := Step{Task: words[0], Op: words[1]}
			if len(words) == 3 {
				step.Object = words[2]
			}
			s.Steps = append(s.Steps, step)
		}
		if err != nil {
			return Schedule{}, fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return Schedule{}, err
	}
	if limited.N == 0 {
		return Schedule{}, fmt.Errorf("the schedule is larger than %d bytes", maxScheduleBytes)
	}
	if part < 3 {
		return Schedule{}, fmt.Errorf("the schedule ends before its %s", []string{"version", "program", "limits"}[part])
	}
	s.Story = strings.Join(story, "\n")
	return s, nil
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
				return nil, fmt.Errorf("expected %s, found %q", word(line[:end]), line[:end])
			}
			words = append(words, line[:end])
			line = line[end:]
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return nil, fmt.Errorf("bad quotation in %q", line)
		}
		name, _ := strconv.Unquote(quoted) // it has just been recognised
		words = append(words, name)
		if line = line[len(quoted):]; line != "" && line[0] != ' ' && line[0] != '\t' {
			return nil, fmt.Errorf("expected a space after %s", quoted)
		}
	}
	return words, nil
}
