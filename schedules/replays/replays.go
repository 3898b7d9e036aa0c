package replays

import (
	"encoding/json"
	"strconv"
	"sync"

	"annulus/schedules/files"
)

// Variable is the environment variable that names the file. If it is not set, a test
// writes none.
const Variable = "ANNULUS_REPLAYED"

// Verdict is how a replay went.
type Verdict string

// The verdicts.
const (
	Passed   Verdict = "PASS" // nothing failed as far as the schedule goes
	Failed   Verdict = "FAIL"
	Diverged Verdict = "DIVERGED" // the test did not follow the schedule
)

// Replay is the result of one replay.
type Replay struct {
	Program string  `json:"program"` // the test, as in "annulus/x.TestY"
	Verdict Verdict `json:"verdict"`
	Class   string  `json:"class,omitempty"` // of the failure, as schedules.Class prints it
	Message string  `json:"message,omitempty"`
}

// version is the version of the file's form.
const version = "annulus replays v1"

// maxBytes bounds the files that are read.
const maxBytes = 16 << 20

// document is the content of a file. Count shows whether a replay is missing.
type document struct {
	Version string   `json:"version"`
	Count   int      `json:"count"`
	Replays []Replay `json:"replays"`
}

// done has the replays of this process.
var done struct {
	sync.Mutex
	replays []Replay
}

// Add adds a replay to those of this process, and replaces the named file as a whole by one
// with all of them. What other processes have written there is lost. The error is about
// the file. Add may be called concurrently.
func Add(path string, r Replay) error {
	done.Lock()
	defer done.Unlock()
	done.replays = append(done.replays, r)
	return save(path, done.replays)
}

func save(path string, list []Replay) error {
	data, err := json.MarshalIndent(document{version, len(list), list}, "", "\t")
	if err != nil {
		return err
	}
	return files.ReplaceBy(path, append(data, '\n'))
}

// Load reads a file that [Add] has written. The error wraps fs.ErrNotExist if there is no
// file, and is a *[files.SyntaxError] if the file holds anything else.
func Load(path string) ([]Replay, error) {
	data, err := files.Load(path, maxBytes, "a file of replays")
	if err != nil {
		return nil, err
	}
	list, err := parse(data)
	return list, files.In(path, err)
}

func parse(data []byte) ([]Replay, error) {
	var d document
	if err := files.DecodeJSON(data, &d, "replays that a test has reported"); err != nil {
		return nil, err
	}
	switch {
	case d.Version != version:
		return nil, files.At(data, "version", files.Quote(d.Version), strconv.Quote(version))
	case d.Count != len(d.Replays) || d.Count == 0:
		return nil, files.At(data, "count", strconv.Itoa(d.Count), strconv.Itoa(len(d.Replays))+", the number of replays, of which there must be one at least")
	}
	return d.Replays, nil
}
