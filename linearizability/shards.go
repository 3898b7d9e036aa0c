package linearizability

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"annulus/schedules"
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
	r.Program = x.driver.code.program.String()
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
const reportVersion = "annulus verification v1"

// Report is what a run of [Verify] with Config.Keep has come to, for [Merge].
type Report struct {
	Version string          `json:"version"` // set by Save
	Shard   schedules.Shard `json:"shard"`
	Results []Result        `json:"results"`
}

// Save writes the report to the named file, which is replaced as a whole or not at
// all.
func (r Report) Save(path string) error {
	r.Version = reportVersion
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return writeFile(path, append(data, '\n'))
}

// ErrVersion: a file is no report of this package, or one of another version.
var ErrVersion = errors.New("not a report of a verification, or of another version")

// LoadReport reads a file that [Report.Save] has written. Its error wraps
// ErrVersion if the file holds something else.
func LoadReport(path string) (Report, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Report{}, err
	}
	r, err := parseReport(data)
	return r, schedules.In(path, err)
}

// parseReport reads the content of a file that [Report.Save] has written.
func parseReport(data []byte) (r Report, err error) {
	const expected = "a report that annulus verify -report has written"
	var v struct{ Version string }
	if err := schedules.DecodeJSON(data, &v, expected); err != nil {
		return r, err
	}
	if v.Version != reportVersion {
		return r, fmt.Errorf("%w: version %q, expected %q", ErrVersion, v.Version, reportVersion)
	}
	if err := schedules.DecodeJSON(data, &r, expected); err != nil {
		return Report{}, err
	}
	for i := range r.Results {
		each := &r.Results[i]
		if !fitsDirectory(each.Scenario) {
			return Report{}, unexpected(strconv.Quote(each.Scenario), "the name of a scenario")
		}
		if slices.Contains(each.Reports, nil) {
			return Report{}, unexpected("null among the reports of "+each.Scenario, "a report")
		}
	}
	return r, nil
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
