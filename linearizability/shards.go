package linearizability

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"annulus/linearizability/scenario"
	"annulus/schedules"
	"annulus/schedules/files"
)

// Shards is what a [Result] has about an exploration that is shared out among
// processes, or machines: see [schedules.Shard].
type Shards struct {
	// Classes is the number of distinct interleavings among the executions, an
	// estimate if there are more than a million. It is there if Config.Keep is set.
	Classes int64 `json:"classes,omitempty"`

	// Of what Merge returns: how many classes more the shards have each by itself
	// than all together, and the numbers of the shards that have no result.
	Overlap int64 `json:"overlap,omitempty"`
	Missing []int `json:"missing,omitempty"`
	// Schedule is that of the failure in what Merge returns, nil if the shard has
	// none. Its story has the trace.
	Schedule *schedules.Schedule `json:"-"`

	// What Merge needs: the reports of the search and, if there was any, of the
	// random exploration, and the marks of the histories, 16 bytes each in ascending
	// order. They are there if Config.Keep is set.
	Reports []*schedules.Report `json:"reports,omitempty"`
	Marks   []byte              `json:"marks,omitempty"`
}

// keep puts into the result what Merge needs.
func (x *exploration) keep(r *schedules.Report) {
	s := &x.result.Shards
	r.Program = x.driver.code.Program.String()
	s.Reports = append(s.Reports, r)
	s.Classes, _ = schedules.Distinct(s.Reports...)
	s.Marks = encodeMarks(slices.Clone(x.driver.judge.seen))
}

// WithoutKept returns the result without what only Merge needs, which can be large.
func (r Result) WithoutKept() Result {
	r.Reports, r.Marks = nil, nil
	return r
}

// failing returns the schedule of the failure, or nil.
func (r *Result) failing() *schedules.Schedule {
	for _, each := range r.Reports {
		if each.Failure != nil {
			return &each.Failure.Schedule
		}
	}
	return nil
}

func encodeMarks(marks []historyMark) []byte {
	slices.SortFunc(marks, func(a, b historyMark) int { return bytes.Compare(a[:], b[:]) })
	var data []byte
	for _, m := range marks {
		data = append(data, m[:]...)
	}
	return data
}

// reportVersion names the form of saved reports. It changes with the form and with
// the canonical form of histories.
const reportVersion = "annulus verification v2"

// maxReportBytes bounds the files that are read as reports. That of the whole suite has
// 1.6 MB.
const maxReportBytes = 64 << 20

// Report is what a run of [Verify] with Config.Keep has come to, for [Merge].
type Report struct {
	Version   string          `json:"version"` // set by Save
	Shard     schedules.Shard `json:"shard"`
	Scenarios int             `json:"scenarios"` // number of the results; set by Save
	Results   []Result        `json:"results"`
}

// Save writes the report to the named file, which is replaced as a whole or not at
// all.
func (r Report) Save(path string) error {
	r.Version, r.Scenarios = reportVersion, len(r.Results)
	data, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	if len(data) >= maxReportBytes {
		return fmt.Errorf("linearizability: a report of %d bytes; must have less than %d", len(data), maxReportBytes)
	}
	return files.ReplaceBy(path, append(data, '\n'))
}

// ErrVersion: a file is no report of this package, or one of another version.
var ErrVersion = errors.New("not a report of a verification, or of another version")

// LoadReport reads a file that [Report.Save] has written, of at most 64 MiB. What is
// wrong with another's text, or one that was cut or has results missing, is a
// [files.SyntaxError]. It is ErrVersion, too, if the file holds something else.
func LoadReport(path string) (Report, error) {
	data, err := files.Load(path, maxReportBytes, "a report")
	if err != nil {
		return Report{}, err
	}
	r, err := parseReport(data)
	if other := new(otherVersion); errors.As(err, other) {
		other.File = path
		return r, err
	}
	return r, files.In(path, err)
}

// otherVersion is a SyntaxError about the version.
type otherVersion struct{ *files.SyntaxError }

func (e otherVersion) Is(target error) bool { return target == ErrVersion }

// Unwrap returns the SyntaxError.
func (e otherVersion) Unwrap() error { return e.SyntaxError }

// parseReport reads the content of a file that [Report.Save] has written.
func parseReport(data []byte) (r Report, err error) {
	const expected = "a report that annulus verify -report has written"
	var v struct {
		Version string `json:"version"`
	}
	if err := files.DecodeJSON(data, &v, expected); err != nil {
		return r, err
	}
	if v.Version != reportVersion {
		return r, otherVersion{files.At(data, "version", files.Quote(v.Version), strconv.Quote(reportVersion)+": reports are made anew, not converted")}
	}
	if err := files.DecodeJSON(data, &r, expected); err != nil {
		return Report{}, inReport(data, err)
	}
	if r.Scenarios != len(r.Results) || len(r.Results) == 0 {
		return Report{}, files.At(data, "scenarios", strconv.Itoa(r.Scenarios), fmt.Sprintf("the number of results, of which there are %d, and must be one at least", len(r.Results)))
	}
	if s := r.Shard; s.Count < 1 || s.Index < 1 || s.Index > s.Count {
		return Report{}, files.At(data, "shard", s.String(), "i/n with 1 ≤ i ≤ n")
	}
	for i := range r.Results {
		if found, expected, field := r.Results[i].misfit(); found != "" {
			return Report{}, files.At(data, fmt.Sprintf("results[%d].%s", i, field), found, expected)
		}
	}
	return r, nil
}

// misfit says what of a result does not fit to the rest of it, "" if everything does.
func (r *Result) misfit() (found, expected, field string) {
	var schedules int64
	for i, each := range r.Reports {
		if each == nil {
			return "null", "a report", fmt.Sprintf("reports[%d]", i)
		}
		schedules += each.Schedules
	}
	marks := len(r.Marks) / len(historyMark{})
	switch {
	case !scenario.ValidName(r.Scenario):
		return strconv.Quote(r.Scenario), "the name of a scenario", "scenario"
	case len(r.Reports) == 0 && r.Failure == nil:
		return "no report", "those of the explorations, which a scenario has unless it hangs", "reports"
	case len(r.Reports) == 0:
		return "", "", "" // it hangs, and its worker was killed
	case r.Schedules != schedules:
		return strconv.FormatInt(r.Schedules, 10), fmt.Sprintf("%d, which the reports come to", schedules), "schedules"
	case len(r.Marks)%len(historyMark{}) != 0 || r.Histories != marks:
		return strconv.Itoa(r.Histories), fmt.Sprintf("%d, the number of the marks", marks), "histories"
	}
	return "", "", ""
}

// inReport finds the line of an error of a report that is part of a verification's, which
// knows only its own lines.
func inReport(data []byte, err error) error {
	var parts struct {
		Results []struct {
			Reports []json.RawMessage
		}
	}
	var syntax *files.SyntaxError
	if !errors.As(err, &syntax) || json.Unmarshal(data, &parts) != nil {
		return err
	}
	for i, result := range parts.Results {
		for k, part := range result.Reports {
			if json.Unmarshal(part, new(schedules.Report)) == nil {
				continue
			}
			whole := *syntax
			whole.Line += files.LineOf(data, fmt.Sprintf("results[%d].reports[%d]", i, k)) - 1
			return &whole
		}
	}
	return err
}

// Merge puts the reports of the shards of one verification together, in any order,
// and returns a result for every scenario that is in at least one of them. What is
// distinct is counted once. A scenario is exhausted if all shards have exhausted
// their parts; see [schedules.Merge], which also says what must agree. Schedules
// and Seconds are sums.
func Merge(reports ...Report) ([]Result, error) {
	if len(reports) == 0 {
		return nil, errors.New("linearizability: there are no reports to merge")
	}
	sorted := slices.SortedFunc(slices.Values(reports), func(a, b Report) int { return cmp.Compare(a.Shard.Index, b.Shard.Index) })
	var names []string
	parts := map[string][]Result{}
	for i, r := range sorted {
		switch first := sorted[0].Shard; {
		case r.Shard.Count != first.Count:
			return nil, fmt.Errorf("linearizability: reports of %d and of %d shards", first.Count, r.Shard.Count)
		case i > 0 && r.Shard.Index == sorted[i-1].Shard.Index:
			return nil, fmt.Errorf("linearizability: two reports of shard %v", r.Shard)
		}
		for _, part := range r.Results {
			if parts[part.Scenario] == nil {
				names = append(names, part.Scenario)
			}
			parts[part.Scenario] = append(parts[part.Scenario], part)
		}
	}
	var results []Result
	for _, name := range names {
		r, err := merge(parts[name])
		if err != nil {
			return nil, fmt.Errorf("linearizability: scenario %s: %w", name, err)
		}
		results = append(results, r)
	}
	return results, nil
}

// merge puts the results of one scenario together.
func merge(parts []Result) (Result, error) {
	all := Result{Scenario: parts[0].Scenario, Verdict: "INCOMPLETE", Bound: -1}
	var searches, every []*schedules.Report
	marks := map[historyMark]bool{}
	counted := int64(0)
	for _, p := range parts {
		all.Schedules += p.Schedules
		all.Seconds += p.Seconds
		counted += p.Classes
		if len(p.Reports) > 0 {
			searches = append(searches, p.Reports[0])
			every = append(every, p.Reports...)
		}
		for mark := range slices.Chunk(p.Marks, len(historyMark{})) {
			if len(mark) < len(historyMark{}) {
				return all, errors.New("a mark of a history is cut short")
			}
			marks[historyMark(mark)] = true
		}
		if f := p.Failure; f != nil && (all.Failure == nil || f.Preemptions < all.Failure.Preemptions) {
			all.Failure, all.Schedule = f, p.failing()
		}
	}
	all.Histories = len(marks)
	all.Classes, _ = schedules.Distinct(every...)
	all.Overlap = max(0, counted-all.Classes)
	if len(searches) > 0 {
		merged, err := schedules.Merge(searches...)
		if err != nil {
			return all, err
		}
		all.Missing, all.Bound = merged.Missing, merged.Bound
		all.Exhausted = merged.Exhausted && all.Failure == nil
		all.Verdict = merged.Verdict()
		all.NothingShared = merged.NothingShared && all.Failure == nil
	}
	for _, r := range every {
		all.cut(r.Cuts)
	}
	if all.Failure != nil {
		all.Verdict = "FAIL"
	}
	return all, nil
}
