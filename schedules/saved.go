package schedules

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"annulus/schedules/files"
	"annulus/schedules/internal/distinct"
)

// reportVersion names the form of saved reports. It changes with the form, and
// with whatever changes the hashes of executions, which only mean something to the
// version of this package that made them.
const reportVersion = "annulus report v2"

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
	Verdict   Verdict       `json:"verdict"` // which the rest must come to
	Schedules int64         `json:"schedules"`
	Steps     int64         `json:"steps"`
	Redundant int64         `json:"redundant"`
	Overlap   int64         `json:"overlap,omitempty"`
	Exhausted bool          `json:"exhausted"`
	Bound     int           `json:"bound"`
	Unshared  bool          `json:"nothing_shared"`
	Cuts      []Cut         `json:"cuts,omitempty"`
	Time      bool          `json:"time_passed,omitempty"`
	Early     int           `json:"early_timers,omitempty"`
	Watched   bool          `json:"memory_watched,omitempty"`
	Forgotten bool          `json:"memory_forgotten,omitempty"`
	Strategy  string        `json:"strategy"`
	Seed      uint64        `json:"seed"`
	Duration  time.Duration `json:"nanoseconds"`
	Distinct  int64         `json:"distinct"` // in the set
	Classes   []byte        `json:"classes"`  // the encoded set
	Failed    int           `json:"failed"`   // number of failures that follow

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
	return files.ReplaceBy(path, append(data, '\n'))
}

// LoadReport reads a file that [Report.Save] has written, of at most 64 MiB. What is
// wrong with another's text, or one that was cut, or has parts missing, is a
// [SyntaxError].
func LoadReport(path string) (*Report, error) {
	data, err := files.Load(path, maxReportBytes, "a report")
	if err != nil {
		return nil, err
	}
	r, err := parseReport(data)
	return r, files.In(path, err)
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
		Exhausted: r.Exhausted, Bound: r.Bound, Unshared: r.NothingShared, Cuts: r.Cuts, Time: r.TimePassed, Early: r.EarlyTimers,
		Watched: r.MemoryWatched, Forgotten: r.MemoryForgotten,
		Strategy: r.Strategy, Seed: r.Seed, Duration: r.Duration,
		Distinct: r.Classes, Classes: encoded, Failed: len(r.Failures), Failure: saved(r.Failure),
	}
	if r.Failure != nil && !r.merged() {
		s.Failed++
	}
	for _, f := range r.Failures {
		s.Failures = append(s.Failures, saved(f))
	}
	return json.MarshalIndent(s, "", "\t")
}

// UnmarshalJSON implements [json.Unmarshaler]. An error leaves the report as it was. It
// is a [SyntaxError] whose line is that of data, from 1.
func (r *Report) UnmarshalJSON(data []byte) error {
	read, err := parseReport(data)
	if err == nil {
		*r = *read
	}
	return err
}

// parseReport reads the content of a file that [Report.Save] has written.
func parseReport(data []byte) (*Report, error) {
	var v struct {
		Version string `json:"version"`
	}
	const expected = "a report that Report.Save has written"
	if err := files.DecodeJSON(data, &v, expected); err != nil {
		return nil, err
	}
	if v.Version != reportVersion {
		return nil, files.At(data, "version", files.Quote(v.Version), strconv.Quote(reportVersion)+": reports are made anew, not converted")
	}
	var s savedReport
	if err := files.DecodeJSON(data, &s, expected); err != nil {
		return nil, err
	}
	read := &Report{
		Program: s.Program, settings: s.Settings, Shard: Shard{s.Index, s.Count}, Missing: s.Missing,
		Schedules: s.Schedules, Steps: s.Steps, Redundant: s.Redundant, Overlap: s.Overlap,
		Exhausted: s.Exhausted, Bound: s.Bound, NothingShared: s.Unshared, Cuts: s.Cuts, TimePassed: s.Time, EarlyTimers: s.Early,
		MemoryWatched: s.Watched, MemoryForgotten: s.Forgotten,
		Strategy: s.Strategy, Seed: s.Seed, Duration: s.Duration,
		classes: new(distinct.Set),
	}
	if !read.Shard.valid() && !(s.Index == 0 && s.Count > 0 && s.Count <= maxShards) {
		return nil, files.At(data, "shard", read.Shard.String(), fmt.Sprintf("i/n with 1 ≤ i ≤ n ≤ %d", maxShards))
	}
	if len(s.Cuts) > 0 && (s.Exhausted || s.Bound >= 0) {
		return nil, files.At(data, "cuts", "cuts in a report of what was exhausted", "one or the other")
	}
	if err := read.classes.UnmarshalBinary(s.Classes); err != nil {
		return nil, files.At(data, "classes", err.Error(), "an encoded set of hashes")
	}
	read.Classes, read.ClassesExact = read.classes.Count()
	if s.Distinct != read.Classes {
		return nil, files.At(data, "distinct", strconv.FormatInt(s.Distinct, 10), fmt.Sprintf("%d, which the classes come to", read.Classes))
	}
	var err error
	if read.Failure, err = s.Failure.failure(); err != nil {
		return nil, files.At(data, "failure.schedule", err.Error(), "a schedule")
	}
	for i, each := range s.Failures {
		path := fmt.Sprintf("failures[%d]", i)
		if each == nil {
			return nil, files.At(data, path, "null", "a failure")
		}
		f, err := each.failure()
		if err != nil {
			return nil, files.At(data, path+".schedule", err.Error(), "a schedule")
		}
		read.Failures = append(read.Failures, f)
	}
	return read, read.adds(data, &s)
}

// adds checks that the parts of a saved report come to what it says of the whole.
func (r *Report) adds(data []byte, s *savedReport) error {
	failed := len(r.Failures)
	if r.Failure != nil && !r.merged() {
		failed++
	}
	switch {
	case s.Failed != failed || r.merged() && (failed > 0) != (r.Failure != nil):
		return files.At(data, "failed", strconv.Itoa(s.Failed), fmt.Sprintf("%d, the number of failures that there are", failed))
	case s.Schedules < 0 || s.Steps < 0 || r.Exhausted && s.Schedules == 0 && s.Count < 2:
		return files.At(data, "schedules", strconv.FormatInt(s.Schedules, 10), "the number of executions")
	case s.Verdict != r.Verdict():
		return files.At(data, "verdict", files.Quote(string(s.Verdict)), strconv.Quote(string(r.Verdict()))+", which the rest comes to")
	}
	return nil
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
		return nil, err
	}
	return &Failure{
		Class: s.Class, Message: s.Message, Task: s.Task, Stack: s.Stack,
		Strategy: s.Strategy, Seed: s.Seed, Execution: s.Execution,
		Steps: s.Steps, Preemptions: s.Preemptions, Fewest: s.Fewest,
		Schedule: schedule, Command: s.Command,
	}, nil
}
