package matrix

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"annulus/fuzz/internal/workbench"
	"annulus/fuzz/mutants"
)

// Answer is the answer of a checker about a mutant.
type Answer struct {
	Mutant  string        `json:"mutant"`
	Judge   mutants.Judge `json:"judge"`
	Noticed bool          `json:"noticed"`
	How     string        `json:"how,omitempty"` // fails, does not end, or the check or class of the explorer
	Seconds float64       `json:"seconds"`       // of the judge, building left out; the median of runs that noticed

	// Of checkers that draw at random.
	Runs  int `json:"runs,omitempty"`  // with different seeds
	Found int `json:"found,omitempty"` // how many of them noticed

	// Of the explorer.
	Schedules   int64  `json:"schedules,omitempty"`
	Preemptions int    `json:"preemptions,omitempty"`
	Scenario    string `json:"scenario,omitempty"`

	Source string `json:"source"` // a hash of everything it depends on, and of the options
}

// about is the key of an answer.
type about struct {
	mutant string
	judge  mutants.Judge
}

// answers is the file of answers. Those count that are about the present sources, and were
// given with the same options.
type answers struct {
	*workbench.Kept[about, Answer]
	source string // the hash of the sources
}

func openAnswers(o options) (*answers, error) {
	source, err := hashSources(fmt.Sprintln(o.fuzzing, o.verify, o.runs))
	if err != nil {
		return nil, err
	}
	k, err := workbench.OpenKept(filepath.Join(directory, "answers.jsonl"),
		func(a Answer) about { return about{a.Mutant, a.Judge} }, func(a Answer) bool { return a.Source == source })
	return &answers{k, source}, err
}

// hashSources returns a hash of the settings, and of all Go files and seeds that checkers
// are built from. Commands other than the verifier's are not among them.
func hashSources(settings string) (string, error) {
	h := sha256.New()
	h.Write([]byte(settings))
	for _, dir := range []string{"buffer", "model", "schedules", "linearizability", "fuzz"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("must be run in the root of the module: %w", err)
			}
			if err != nil {
				return err
			}
			if slash := filepath.ToSlash(path); d.IsDir() && (slash == "fuzz/cmd" || slash == "fuzz/internal") {
				return fs.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(path, ".go") && !strings.Contains(path, "testdata") {
				return nil
			}
			content, err := os.ReadFile(path)
			fmt.Fprintf(h, "%s %d\n%s", path, len(content), content)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12]), nil
}
