package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"annulus/fuzz/mutants"
)

// Answer is what a judge says of a mutant.
type Answer struct {
	Mutant  string        `json:"mutant"`
	Judge   mutants.Judge `json:"judge"`
	Noticed bool          `json:"noticed"`
	How     string        `json:"how,omitempty"` // fails, does not end, or the check or class of the explorer
	Seconds float64       `json:"seconds"`       // of the judge, building left out; the median of runs that noticed

	// Of judges that draw at random.
	Runs  int `json:"runs,omitempty"`  // with different seeds
	Found int `json:"found,omitempty"` // how many of them noticed

	// Of the explorer.
	Schedules   int64  `json:"schedules,omitempty"`
	Preemptions int    `json:"preemptions,omitempty"`
	Scenario    string `json:"scenario,omitempty"`

	Source string `json:"source"` // a hash of everything it depends on, and of the options
}

// kept is the file of answers, to which each is added as soon as it is known.
type kept struct {
	mu     sync.Mutex
	file   *os.File
	source string // the hash of the sources as they are
	known  map[string]Answer
}

func openKept(o options) (*kept, error) {
	if err := os.MkdirAll(directory, 0o777); err != nil {
		return nil, err
	}
	source, err := hashSources(fmt.Sprintln(o.fuzzing, o.verify, o.runs))
	if err != nil {
		return nil, err
	}
	k := &kept{source: source, known: map[string]Answer{}}
	name := filepath.Join(directory, "answers.jsonl")
	if k.file, err = os.OpenFile(name, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o666); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(k.file)
	for n := 1; lines.Scan(); n++ {
		var a Answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			return nil, fmt.Errorf("%s:%d: %w; remove the line", name, n, err)
		}
		if a.Source == source {
			k.known[a.Mutant+" "+string(a.Judge)] = a
		}
	}
	return k, lines.Err()
}

// hashSources returns a hash of the settings and of all Go files and seeds that
// judges are made of; commands other than the verifier's are none.
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

func (k *kept) of(m mutants.Mutant, j mutants.Judge) (Answer, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	a, ok := k.known[m.Name+" "+string(j)]
	return a, ok
}

func (k *kept) add(a Answer) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	a.Source = k.source
	k.known[a.Mutant+" "+string(a.Judge)] = a
	return json.NewEncoder(k.file).Encode(a)
}

func (k *kept) close() error { return k.file.Close() }
