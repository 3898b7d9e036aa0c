package schedules

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// reportVersion names the form of saved reports. It changes with the form, and
// with whatever changes the hashes of executions, which only mean something to the
// version of this package that made them.
const reportVersion = "annulus report v1"

// maxReportBytes bounds the files that are read as reports. The classes take 12 MiB
// at most.
const maxReportBytes = 64 << 20

// savedReport is a report as it is stored.
type savedReport struct {
	Version   string        `json:"version"`
	Program   string        `json:"program"`
	Settings  string        `json:"settings"`
	Index     int           `json:"shard"` // 0 if it was merged
	Count     int           `json:"shards"`
	Missing   []int         `json:"missing,omitempty"`
	Verdict   string        `json:"verdict"` // for people
	Schedules int64         `json:"schedules"`
	Steps     int64         `json:"steps"`
	Redundant int64         `json:"redundant"`
	Overlap   int64         `json:"overlap,omitempty"`
	Exhausted bool          `json:"exhausted"`
	Bound     int           `json:"bound"`
	Unshared  bool          `json:"nothing_shared"`
	Cuts      []Cut         `json:"cuts,omitempty"`
	Strategy  string        `json:"strategy"`
	Seed      uint64        `json:"seed"`
	Duration  time.Duration `json:"nanoseconds"`
	Distinct  int64         `json:"distinct"` // for people
	Classes   []byte        `json:"classes"`  // the encoded set

	Failure  *savedFailure   `json:"failure,omitempty"`
	Failures []*savedFailure `json:"failures,omitempty"`
}

// savedFailure is a failure as it is stored. The schedule, in its text form, has
// the trace as a comment.
type savedFailure struct {
	Class       Class  `json:"class"`
	Message     string `json:"message"`
	Task        string `json:"task,omitempty"`
	Stack       string `json:"stack,omitempty"`
	Strategy    string `json:"strategy"`
	Seed        uint64 `json:"seed"`
	Execution   int64  `json:"execution"`
	Steps       int    `json:"steps"`
	Preemptions int    `json:"preemptions"`
	Fewest      bool   `json:"fewest"`
	Schedule    string `json:"schedule"`
	Command     string `json:"command,omitempty"`
}

// Save writes the report of an exploration, or a merged one, to the named file for
// [LoadReport]. The file is replaced as a whole or not at all. Of traces only the
// text is kept, in the story of the failing schedule.
func (r *Report) Save(path string) error {
	data, err := r.MarshalJSON()
	if err != nil {
		return err
	}
	return replaceFile(path, func(w io.Writer) error {
		_, err := w.Write(append(data, '\n'))
		return err
	})
}

// LoadReport reads a file that [Report.Save] has written. What is wrong with another's
// text is a [SyntaxError].
func LoadReport(path string) (*Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxReportBytes+1))
	if err == nil && len(data) > maxReportBytes {
		err = &SyntaxError{Found: "more text", Expected: fmt.Sprintf("a report of at most %d bytes", maxReportBytes)}
	}
	var r *Report
	if err == nil {
		r, err = parseReport(data)
	}
	if err != nil {
		return nil, In(path, err)
	}
	return r, nil
}

// MarshalJSON implements [json.Marshaler]; see [Report.Save] for what is kept.
func (r *Report) MarshalJSON() ([]byte, error) {
	if r.classes == nil {
		return nil, errors.New("schedules: only the report of an exploration can be saved")
	}
	encoded, err := r.classes.MarshalBinary()
	if err != nil {
		return nil, err
	}
	s := savedReport{
		Version: reportVersion, Program: r.Program, Settings: r.settings,
		Index: r.Shard.Index, Count: r.Shard.Count, Missing: r.Missing, Verdict: r.Verdict(),
		Schedules: r.Schedules, Steps: r.Steps, Redundant: r.Redundant, Overlap: r.Overlap,
		Exhausted: r.Exhausted, Bound: r.Bound, Unshared: r.NothingShared, Cuts: r.Cuts,
		Strategy: r.Strategy, Seed: r.Seed, Duration: r.Duration,
		Distinct: r.Classes, Classes: encoded, Failure: saved(r.Failure),
	}
	for _, f := range r.Failures {
		s.Failures = append(s.Failures, saved(f))
	}
	return json.MarshalIndent(s, "", "\t")
}

// UnmarshalJSON implements [json.Unmarshaler]. An error leaves the report as it was.
func (r *Report) UnmarshalJSON(data []byte) error {
	read, err := parseReport(data)
	if err != nil {
		var syntax *SyntaxError
		if errors.As(err, &syntax) {
			whole := *syntax
			whole.Line = 0 // it is one of a part of some text, and would be taken for the text's
			err = &whole
		}
		return fmt.Errorf("schedules: %v", err)
	}
	*r = *read
	return nil
}

// parseReport reads the content of a file that [Report.Save] has written.
func parseReport(data []byte) (*Report, error) {
	var s savedReport
	if err := DecodeJSON(data, &s, "a report that Report.Save has written"); err != nil {
		return nil, err
	}
	if s.Version != reportVersion {
		return nil, &SyntaxError{Found: "version " + quote(s.Version), Expected: strconv.Quote(reportVersion)}
	}
	read := &Report{
		Program: s.Program, settings: s.Settings, Shard: Shard{s.Index, s.Count}, Missing: s.Missing,
		Schedules: s.Schedules, Steps: s.Steps, Redundant: s.Redundant, Overlap: s.Overlap,
		Exhausted: s.Exhausted, Bound: s.Bound, NothingShared: s.Unshared, Cuts: s.Cuts,
		Strategy: s.Strategy, Seed: s.Seed, Duration: s.Duration,
		classes: new(classes),
	}
	if !read.Shard.valid() && !(s.Index == 0 && s.Count > 0 && s.Count <= maxShards) {
		return nil, &SyntaxError{Found: "shard " + read.Shard.String(), Expected: fmt.Sprintf("i/n with 1 ≤ i ≤ n ≤ %d", maxShards)}
	}
	if len(s.Cuts) > 0 && (s.Exhausted || s.Bound >= 0) {
		return nil, &SyntaxError{Found: "cuts in a report of what was exhausted", Expected: "one or the other"}
	}
	if err := read.classes.UnmarshalBinary(s.Classes); err != nil {
		return nil, err
	}
	read.Classes, read.ClassesExact = read.classes.count()
	var err error
	if read.Failure, err = s.Failure.failure(); err != nil {
		return nil, err
	}
	for _, each := range s.Failures {
		if each == nil {
			return nil, &SyntaxError{Found: "null among the failures", Expected: "a failure"}
		}
		f, err := each.failure()
		if err != nil {
			return nil, err
		}
		read.Failures = append(read.Failures, f)
	}
	return read, nil
}

// saved returns what is stored of a failure, nil of none.
func saved(f *Failure) *savedFailure {
	if f == nil {
		return nil
	}
	schedule := f.Schedule
	if schedule.Story == "" {
		schedule.Story = f.story()
	}
	return &savedFailure{
		Class: f.Class, Message: f.Message, Task: f.Task, Stack: f.Stack,
		Strategy: f.Strategy, Seed: f.Seed, Execution: f.Execution,
		Steps: f.Steps, Preemptions: f.Preemptions, Fewest: f.Fewest,
		Schedule: schedule.String(), Command: f.Command,
	}
}

// failure undoes saved.
func (s *savedFailure) failure() (*Failure, error) {
	if s == nil {
		return nil, nil
	}
	schedule, err := ParseSchedule(strings.NewReader(s.Schedule))
	if err != nil {
		return nil, fmt.Errorf("the schedule of a failure: %w", err)
	}
	return &Failure{
		Class: s.Class, Message: s.Message, Task: s.Task, Stack: s.Stack,
		Strategy: s.Strategy, Seed: s.Seed, Execution: s.Execution,
		Steps: s.Steps, Preemptions: s.Preemptions, Fewest: s.Fewest,
		Schedule: schedule, Command: s.Command,
	}, nil
}
