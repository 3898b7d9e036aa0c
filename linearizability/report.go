package linearizability

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"annulus/linearizability/scenario"
	"annulus/schedules"
	"annulus/schedules/files"
)

// ReportName is what the version of a saved report begins with, in every version.
const ReportName = "annulus verification"

// reportVersion is the version of saved reports. It must change whenever their form
// changes, or the canonical form of histories.
const reportVersion = ReportName + " v2"

// maxReportBytes bounds the size of reports. That of the whole suite has 1.6 MB.
const maxReportBytes = 64 << 20

// Report has the results of a run of [Verify] with Config.Keep, for [Merge].
type Report struct {
	Version   string          `json:"version"` // set by Save
	Shard     schedules.Shard `json:"shard"`
	Scenarios int             `json:"scenarios"` // number of the results; set by Save
	Results   []Result        `json:"results"`
}

// Save writes the report to the named file, which is replaced as a whole or not at all. The
// error is about the file, or says that the report is too large.
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

// LoadReport reads a file that [Report.Save] has written, of at most 64 MiB. The error is a
// *[files.SyntaxError] if the file holds anything else, was cut short, or lacks results;
// otherwise it is about reading the file.
func LoadReport(path string) (Report, error) {
	data, err := files.Load(path, maxReportBytes, "a report")
	if err != nil {
		return Report{}, err
	}
	r, err := parseReport(data)
	return r, files.In(path, err)
}

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
		return r, files.At(data, "version", files.Quote(v.Version), strconv.Quote(reportVersion)+": reports are made anew, not converted")
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

// misfit returns which field of a result contradicts the others, what it has, and what was
// expected; found is "" if there is none.
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

// inReport corrects the line of an error about an exploration's report inside the report of
// a verification: that line counts from where the inner report begins.
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
