package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"annulus/buffer/internal/performance/sample"
)

// run says how the measurements were taken, and has what they gave. It is kept as a file
// in JSON, so that the page can be written again without measuring.
type run struct {
	CPU      string            `json:"cpu"`
	CPUs     int               `json:"cpus"`
	System   string            `json:"system"`
	Go       string            `json:"go"`
	Modules  map[string]string `json:"modules"` // versions of the subjects' modules
	Rounds   int               `json:"rounds"`
	Time     time.Duration     `json:"time"` // of a sample
	Duration time.Duration     `json:"duration"`
	Results  []sample.Result   `json:"results"`
}

// measure takes the samples of the cells that only matches, in so many rounds, each in a
// process of its own. How far it is is said only where someone looks on.
func measure(cells []cell, rounds int, only *regexp.Regexp, progress io.Writer) (*run, error) {
	m := machine()
	m.Rounds = rounds
	cells = matching(cells, only)
	if len(cells) == 0 {
		return nil, fmt.Errorf("nothing matches %v", only)
	}
	start := time.Now()
	for round := range rounds {
		for i, c := range cells {
			if c.rounds > 0 && round >= c.rounds {
				continue
			}
			fmt.Fprintf(progress, "\rround %d of %d, figure %d of %d, %v ", round+1, rounds, i+1, len(cells), time.Since(start).Round(time.Second))
			for _, s := range c.specs {
				r, err := take(s)
				if err != nil {
					return nil, fmt.Errorf("%v: %w", s, err)
				}
				m.Results = append(m.Results, r)
				if s.Kind == sample.Throughput {
					m.Time = s.Time
				}
			}
		}
	}
	fmt.Fprintln(progress)
	m.Duration = time.Since(start)
	return m, nil
}

func matching(cells []cell, only *regexp.Regexp) (some []cell) {
	for _, c := range cells {
		c.specs = slices.DeleteFunc(slices.Clone(c.specs), func(s sample.Spec) bool { return !only.MatchString(s.String()) })
		if len(c.specs) > 0 {
			some = append(some, c)
		}
	}
	return some
}

// sampleCommand is the argument that makes the program take the sample whose Spec follows
// and print the Result, both in JSON.
const sampleCommand = "sample"

// A sample that takes longer than this hangs. Most take a tenth of a second.
const hangs = 5 * time.Minute

// take has a new process take a sample.
func take(s sample.Spec) (r sample.Result, err error) {
	program, err := os.Executable()
	if err != nil {
		return r, err
	}
	spec, err := json.Marshal(s)
	if err != nil {
		return r, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), hangs)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, sampleCommand, string(spec)).Output()
	if err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
		}
		return r, err
	}
	return r, json.Unmarshal(out, &r)
}

// takeHere is what the new process does.
func takeHere(spec string, out io.Writer) error {
	var s sample.Spec
	if err := json.Unmarshal([]byte(spec), &s); err != nil {
		return err
	}
	r, err := sample.Take(s)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(r)
}

// machine describes where this runs.
func machine() *run {
	m := &run{CPU: "unknown", CPUs: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(), Modules: map[string]string{}}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil { // only Linux has it
		if found := regexp.MustCompile(`(?m)^model name\s*: (.+)$`).FindSubmatch(text); found != nil {
			m.CPU = strings.TrimSpace(string(found[1]))
		}
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			for _, subject := range sample.Subjects {
				if strings.Contains(d.Path, "/"+subject) {
					m.Modules[subject] = d.Version
				}
			}
		}
	}
	return m
}

func (m *run) save(path string) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o666)
}

func load(path string) (*run, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m := new(run)
	return m, json.Unmarshal(text, m)
}
