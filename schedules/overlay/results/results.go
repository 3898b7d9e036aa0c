// Package results is how a test binary that was built with an overlay, and the command
// that has started it, talk to each other: the command says in an environment variable
// what is to be done, and the binary writes a line of JSON for every test into a file.
package results

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// Variable is the environment variable with the [Options]. Without it the tests of the
// binary are run as ever.
const Variable = "ANNULUS_TEST"

// StopFile returns the name of the file whose existence tells a binary that the rest is not
// waited for, where results go to the given file.
func StopFile(file string) string { return file + ".stop" }

// Options say how tests are to be explored. The zero value is useful: the defaults of
// schedules.Config.
type Options struct {
	File string // to which results are appended

	Schedules  int64         `json:",omitempty"`
	Time       time.Duration `json:",omitempty"`
	Steps      int           `json:",omitempty"` // of an execution, at most
	Strategy   string        `json:",omitempty"` // as schedules.StrategyNamed knows it, "" for the portfolio
	Seed       uint64        `json:",omitempty"`
	Bound      *int          `json:",omitempty"` // preemptions at most in the portfolio's first searches
	Shard      string        `json:",omitempty"` // i/n
	Early      int           `json:",omitempty"` // how often time may pass before its turn in an execution
	AllowLeaks bool          `json:",omitempty"`
	Replay     string        `json:",omitempty"` // a schedule to be replayed, in place of exploring
	Isolate    bool          `json:",omitempty"` // an execution has a process of its own
	Execution  *uint64       `json:",omitempty"` // the number of the one that this process is for
	Memory     []string      `json:",omitempty"` // import paths of the packages whose accesses to memory are watched, see [Within]
	Outcomes   bool          `json:",omitempty"` // to tell what was logged last in executions

	Command string // what the commands begin with that repeat a failure
}

// Holders are packages of the standard library that hold the program's memory. What they
// access for a package that is watched is watched, too.
var Holders = []string{"bufio", "bytes", "container/heap", "container/list", "container/ring", "maps", "slices", "sort", "strings"}

// Within reports whether a package is one of those that the patterns stand for: import paths,
// of which those that end in /... stand for all packages below them, too. The package of a
// test, whose path ends in _test, goes with the one that it tests.
func Within(pkg string, patterns []string) bool {
	pkg = strings.TrimSuffix(pkg, "_test")
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		above, all := strings.CutSuffix(pattern, "/...")
		return pkg == above || all && strings.HasPrefix(pkg, above+"/")
	})
}

// FromEnvironment returns the options of the environment; false if there are none.
func FromEnvironment() (Options, bool, error) {
	var o Options
	text, ok := os.LookupEnv(Variable)
	if !ok {
		return o, false, nil
	}
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return o, false, fmt.Errorf("%s: %w", Variable, err)
	}
	return o, true, nil
}

// Environment returns the options as a line of the environment.
func (o Options) Environment() string {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // there is nothing in it that could fail
	}
	return Variable + "=" + string(text)
}

// Kind is what became of a test.
type Kind string

// The kinds of results.
const (
	Running       Kind = "running" // it has begun, or is at work
	Passed        Kind = "passed"
	Failed        Kind = "failed"
	Skipped       Kind = "skipped"
	NotExplorable Kind = "not explorable"
	Sequential    Kind = "sequential" // it has passed, and there is one goroutine and nothing to explore
	Itself        Kind = "explores"   // it calls schedules.Check, and was run once
)

// Result is what became of a test, or how far it is.
type Result struct {
	Package string `json:"package"`
	Test    string `json:"test"`
	Kind    Kind   `json:"result"`

	Verdict   string  `json:"verdict,omitempty"` // of the exploration, as reports have it
	Schedules int64   `json:"schedules,omitempty"`
	Distinct  int64   `json:"distinct,omitempty"`
	Steps     int64   `json:"steps,omitempty"`
	Seconds   float64 `json:"seconds"`
	Line      string  `json:"report,omitempty"` // the whole report on a line
	Why       string  `json:"why,omitempty"`    // of one that is skipped, or not explorable, on a line

	Failure *Failure `json:"failure,omitempty"`
	Log     string   `json:"log,omitempty"` // a replay's trace

	GoesOn   bool     `json:"goes_on,omitempty"`  // of a test that could not be explored: its process has not ended
	Class    uint64   `json:"class,omitempty"`    // of the one execution, if it has a process of its own
	Outcomes []string `json:"outcomes,omitempty"` // what was logged last in executions, sorted
}

// Failure is what has failed in a test.
type Failure struct {
	Class        string `json:"class"`
	Message      string `json:"message"`
	Preemptions  int    `json:"preemptions"`
	Steps        int    `json:"steps"`
	Strategy     string `json:"strategy"`
	ScheduleFile string `json:"schedule_file,omitempty"`
	Directory    string `json:"directory,omitempty"` // where all is kept about it
	Command      string `json:"command,omitempty"`   // that repeats it
	Text         string `json:"-"`                   // the whole description, for people
}

// written is a Result as the file has it.
type written struct {
	Result
	Text string `json:"text,omitempty"`
}

// Append adds a result to the file.
func Append(file string, r Result) error {
	w := written{Result: r}
	if r.Failure != nil {
		w.Text = r.Failure.Text
	}
	line, err := json.Marshal(w)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n')) // at once, as others may write, too
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// Parse reads a line of the file.
func Parse(line []byte) (Result, error) {
	var w written
	if err := json.Unmarshal(line, &w); err != nil {
		return Result{}, err
	}
	if w.Failure != nil {
		w.Failure.Text = w.Text
	}
	return w.Result, nil
}
