package linearizability

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"annulus/schedules"
	"annulus/schedules/quote"
	"annulus/schedules/trace"
)

// Failure is an execution that went wrong.
type Failure struct {
	Class   string `json:"class"`   // as [schedules.Class] prints it
	Check   Check  `json:"check"`   // the check that failed, or "" if the scheduler found the failure
	Message string `json:"message"` // what was violated

	// Number of executions until it was found, the failing one included.
	SchedulesToFailure int64 `json:"schedules_to_failure"`

	// Of the minimal execution that fails in the same way.
	Preemptions int `json:"preemptions"`
	Steps       int `json:"steps"`

	Strategy     string `json:"strategy"` // that found it
	ScheduleFile string `json:"schedule_file"`
	ReportFile   string `json:"report_file"` // the whole text for people
	Command      string `json:"command"`     // reproduces it
}

// Names of the files that are kept of a failure beside those of [schedules.Failure.Keep].
const (
	programFile = "program.txt"
	historyFile = "history.jsonl" // which "annulus check" judges
	drawingFile = "history.html"  // by porcupine
)

// DefaultCommand runs this module's command from the module's root.
const DefaultCommand = "go run ./linearizability/cmd/annulus"

// Keep writes everything about f into the directory below dir that has the program's name,
// and replaces that directory as a whole. f must be the failure that a method of the
// runner has reported last, since the runner has the history of the last execution only.
// command is the beginning of the command that replays the failure: Keep sets f.Command,
// and further fields of f. The error is about the files.
func (r *Runner) Keep(f *schedules.Failure, dir, command string) (*Failure, error) {
	return r.driver.keep(f, dir, command, f.Execution)
}

// keep is Runner.Keep for a failure that was found after so many executions.
func (d *driver) keep(f *schedules.Failure, below, command string, executions int64) (*Failure, error) {
	p := d.code.Program
	dir := filepath.Join(below, p.Name)
	out := &Failure{
		Class: f.Class.String(), Check: d.broken, Message: f.Message,
		SchedulesToFailure: executions,
		Preemptions:        f.Preemptions, Steps: f.Steps, Strategy: f.Strategy,
		ScheduleFile: filepath.Join(dir, schedules.ScheduleFile),
		ReportFile:   filepath.Join(dir, schedules.TextFile),
	}
	f.Execution = executions
	f.Command = command + " replay " + quote.Shell(out.ScheduleFile)
	out.Command = f.Command
	f.Schedule.Program = p.Name
	d.complete(f, f.Trace)
	f.Schedule.Story = violated(f) + "\n\n" + strings.TrimRight(p.String(), "\n")
	files := []schedules.File{{Name: programFile, Content: []byte(p.FileText())}}
	for name, write := range map[string]func(io.Writer) error{historyFile: d.reading().Write, drawingFile: d.reading().Visualize} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return nil, err
		}
		files = append(files, schedules.File{Name: name, Content: b.Bytes()})
	}
	test, err := RegressionTest(*p, f.Schedule, "regression")
	if err != nil {
		return nil, err
	}
	files = append(files, schedules.File{Name: schedules.RegressionFile, Content: []byte(test)})
	return out, f.Keep(dir, files...)
}

// complete adds what the driver knows of the execution that it has executed last: to
// the trace, and to the failure, unless it is nil.
func (d *driver) complete(f *schedules.Failure, t *trace.Trace) {
	if t != nil {
		p := d.code.Program
		t.Program = p.Name
		t.Notes = []string{fmt.Sprintf("program %s, on %s", p.Name, p.Ring.Describe())}
		if p.About != "" {
			t.Notes[0] = fmt.Sprintf("program %s: %s; on %s", p.Name, p.About, p.Ring.Describe())
		}
		t.Legend = glossary(t)
	}
	switch {
	case f == nil:
	case d.why != nil:
		f.Explain(d.why.Lines())
	default:
		f.Explain(nil)
	}
}

// glossary explains the words of the ring in as many lines as the trace needs.
func glossary(t *trace.Trace) string {
	if len(t.States) == 0 {
		return ""
	}
	lines := []string{
		"head: the oldest byte in use; evicting: up to here eviction is decided; tail: where the next new block begins",
		"states: NotReady is written, Ready can be read, Tombstoning has one owner, FreeListed waits for reuse, others are dead",
	}
	for _, rare := range []struct{ word, meaning string }{
		{"gen", "gen n: the nth reuse of the block; references to what was there before are stale"},
		{"claim", "claim n: how often somebody has become the one owner, so that handles of different owners differ"},
	} {
		names := func(ev trace.Event) bool { return strings.Contains(ev.Before+" "+ev.After+" ", " "+rare.word+" ") }
		if slices.ContainsFunc(t.Events, names) {
			lines = append(lines, rare.meaning)
		}
	}
	return strings.Join(lines, "\n")
}

// violated names what was violated.
func violated(f *schedules.Failure) string {
	if f.Class == schedules.Property {
		return f.Message
	}
	text := f.Class.String()
	if f.Task != "" {
		text += " in " + f.Task
	}
	return text + ": " + f.Message
}
