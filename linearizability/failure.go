package linearizability

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/anishathalye/porcupine"

	"annulus/schedules"
	"annulus/schedules/trace"
)

// Failure is an execution that went wrong.
type Failure struct {
	Class   string `json:"class"`   // as [schedules.Class] prints it
	Check   Check  `json:"check"`   // which of our checks, or "" if the scheduler itself noticed
	Message string `json:"message"` // what broke

	// Executions until it was found, the failing one included.
	SchedulesToFailure int64 `json:"schedules_to_failure"`

	// Of the minimal execution that fails in the same way.
	Preemptions int `json:"preemptions"`
	Steps       int `json:"steps"`

	Strategy     string `json:"strategy"` // that found it
	ScheduleFile string `json:"schedule_file"`
	ReportFile   string `json:"report_file"` // the whole text for people
	Command      string `json:"command"`     // reproduces it
}

// Names of the files in which a failure is kept.
const (
	scheduleFile = "schedule.txt"
	programFile  = "program.txt"
	traceFile    = "trace.txt"
	historyFile  = "history.html"
)

// DefaultCommand runs this module's command from the module's root.
const DefaultCommand = "go run ./linearizability/cmd/annulus"

// publish writes everything about a failure into a directory of its own. The
// driver has executed it last.
func (d *driver) publish(f *schedules.Failure, j job, executions int64) (*Failure, error) {
	p := d.code.program
	dir := filepath.Join(j.Dir, p.Name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	out := &Failure{
		Class: f.Class.String(), Check: d.broken, Message: f.Message,
		SchedulesToFailure: executions,
		Preemptions:        f.Preemptions, Steps: f.Steps, Strategy: f.Strategy,
		ScheduleFile: filepath.Join(dir, scheduleFile),
		ReportFile:   filepath.Join(dir, traceFile),
	}
	out.Command = j.Command + " replay " + out.ScheduleFile
	f.Schedule.Program = p.Name
	f.Schedule.Story = story(f, p)
	if err := f.Schedule.Save(out.ScheduleFile); err != nil {
		return nil, err
	}
	if err := writeFile(filepath.Join(dir, programFile), []byte(p.String())); err != nil {
		return nil, err
	}
	if err := d.visualize(filepath.Join(dir, historyFile)); err != nil {
		return nil, err
	}
	if f.Trace != nil {
		var b bytes.Buffer
		if err := trace.Write(&b, f.Trace); err != nil {
			return nil, err
		}
		if err := writeFile(filepath.Join(dir, "trace.json"), b.Bytes()); err != nil {
			return nil, err
		}
	}
	text := d.describe(f, out)
	return out, writeFile(out.ReportFile, []byte(text))
}

// story is the comment in the schedule file.
func story(f *schedules.Failure, p *Program) string {
	text := violated(f) + "\n\n" + p.String()
	if f.Trace != nil {
		text += "\n" + f.Trace.String()
	}
	return strings.TrimRight(text, "\n")
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

// describe is the whole text about a failure: how to reproduce it, what was
// violated, the program, the interleaving, the history, where things are.
func (d *driver) describe(f *schedules.Failure, out *Failure) string {
	f.Command = out.Command
	return f.Describe()
}

// visualize writes porcupine's drawing of the history.
func (d *driver) visualize(path string) error {
	entries := d.hist.entries
	for entries = range d.judge.readings(&d.hist) {
		break // any
	}
	_, info := porcupine.CheckOperationsVerbose(d.judge.model, d.judge.operations(entries), judgeTime)
	var b bytes.Buffer
	if err := porcupine.Visualize(d.judge.model, info, &b); err != nil {
		return err
	}
	return writeFile(path, b.Bytes())
}

// writeFile replaces the named file as a whole or not at all.
func writeFile(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(content)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
