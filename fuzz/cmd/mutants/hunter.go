package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"annulus/fuzz/mutants"
	"annulus/linearizability"
)

// command is the package of the verifier's command.
const command = "./linearizability/cmd/annulus"

// Finding is what became of one mutant.
type Finding struct {
	Mutant string       `json:"mutant"`
	Area   mutants.Area `json:"area"`
	Slip   string       `json:"slip"`
	Killed bool         `json:"killed"`
	// Problem says why the mutant does not count as killed, if it does not.
	Problem string `json:"problem,omitempty"`

	By          string  `json:"by,omitempty"` // the check that failed, or the class of failure
	Message     string  `json:"message,omitempty"`
	Scenario    string  `json:"scenario,omitempty"`
	Strategy    string  `json:"strategy,omitempty"`
	Schedules   int64   `json:"schedules"`   // of the scenario, until it failed; of all if none did
	Preemptions int     `json:"preemptions"` // of the minimal trace
	Steps       int     `json:"steps"`       // of the minimal trace
	Seconds     float64 `json:"seconds"`     // building included
	Command     string  `json:"command,omitempty"`
	Report      string  `json:"report,omitempty"` // file with the trace

	// Strategies says how soon each strategy by itself finds what the scenario
	// fails with; nil if they were not compared.
	Strategies []linearizability.Measurement `json:"strategies,omitempty"`
}

// hunter runs the verifier on mutants.
type hunter struct {
	root  string // of the module; commands run there, and paths are relative to it
	dir   string // where mutants and what is found of them are kept
	time  time.Duration
	clean string // the verifier built from the source as it is

	race    comparison // of strategies, unless it names none
	gallery bool       // replay what is kept of the mutant, too
}

func newHunter(ctx context.Context, root, dir string, budget time.Duration) (*hunter, error) {
	h := &hunter{root: root, dir: dir, time: budget, clean: filepath.Join(dir, "annulus")}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		return nil, fmt.Errorf("must be run in the root of the module: %w", err)
	}
	return h, h.build(ctx, h.clean)
}

// build builds the verifier.
func (h *hunter) build(ctx context.Context, output string, flags ...string) error {
	args := append([]string{"build", "-o", output}, flags...)
	out, err := h.command(ctx, "go", append(args, command)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// command returns the command, to be run in the root of the module. A verifier that was
// built with an overlay finds it beside itself, and quotes what it runs.
func (h *hunter) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = h.root
	cmd.Env = append(os.Environ(), "ANNULUS_OVERLAY="+filepath.Join(filepath.Dir(name), "overlay.json"))
	return cmd
}

// hunt runs the verifier on a mutant.
func (h *hunter) hunt(ctx context.Context, m mutants.Mutant) Finding {
	begun := time.Now()
	f := Finding{Mutant: m.Name, Area: m.Area, Slip: m.Slip}
	if err := h.search(ctx, m, &f); err != nil {
		f.Problem = err.Error()
	}
	f.Killed = f.Problem == ""
	f.Seconds = time.Since(begun).Seconds()
	return f
}

// search fills in what the verifier finds. Its error says why that is not
// enough.
func (h *hunter) search(ctx context.Context, m mutants.Mutant, f *Finding) error {
	broken, overlay, err := h.plant(ctx, m)
	if err != nil {
		return err
	}
	defer os.Remove(filepath.Join(h.root, broken))
	if err := h.verify(ctx, broken, filepath.Dir(broken), overlay, f); err != nil {
		return err
	}
	if err := h.confirm(ctx, broken, f); err != nil {
		return err
	}
	if h.gallery {
		if err := h.exhibited(ctx, broken, m); err != nil {
			return err
		}
	}
	return h.compare(ctx, broken, f)
}

// plant builds the verifier of the broken buffer in a directory of its own, and
// returns it and the overlay.
func (h *hunter) plant(ctx context.Context, m mutants.Mutant) (broken, overlay string, err error) {
	dir := filepath.Join(h.dir, m.Name)
	if err := os.RemoveAll(filepath.Join(h.root, dir)); err != nil {
		return "", "", err
	}
	if overlay, err = m.WriteOverlay(h.root, dir); err != nil {
		return "", "", err
	}
	broken = filepath.Join(dir, "annulus")
	if err := h.build(ctx, broken, "-overlay", overlay); err != nil {
		return "", "", fmt.Errorf("does not compile: %w", err)
	}
	return broken, overlay, nil
}

// grace is how much longer than its budget the verifier may take.
const grace = 30 * time.Second

// verify runs the verifier until its first failure.
func (h *hunter) verify(ctx context.Context, broken, dir, overlay string, f *Finding) error {
	results, err := h.results(ctx, broken, dir, overlay, "-first")
	if err != nil {
		return err
	}
	for _, r := range results {
		f.Schedules += r.Schedules
		if r.Failure != nil {
			f.note(r)
			return nil
		}
	}
	return errors.New("SURVIVED")
}

// results runs the verifier, with the flags given and others, and returns what it has
// come to.
func (h *hunter) results(ctx context.Context, broken, dir, overlay string, flags ...string) ([]linearizability.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, h.time+grace)
	defer cancel()
	cmd := h.command(ctx, broken, append([]string{"verify", "-json", "-procs", "1", "-time", h.time.String(), "-dir", dir,
		"-command", "go run -overlay " + overlay + " " + command}, flags...)...)
	// The variables that give the verifier defaults are not meant for this run.
	cmd.Env = append(cmd.Env, "RUN=", "VERIFY_TIME=", "VERIFY_SEED=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || exit != nil && exit.ExitCode() != 1 {
		return nil, fmt.Errorf("the verifier could not do its work: %w\n%s", err, stderr.Bytes())
	}
	var results []linearizability.Result
	for lines := json.NewDecoder(bytes.NewReader(out)); lines.More(); {
		var r linearizability.Result
		if err := lines.Decode(&r); err != nil {
			return nil, fmt.Errorf("the verifier's output: %w", err)
		}
		results = append(results, r)
	}
	return results, nil
}

// note takes over what is reported of a failure.
func (f *Finding) note(r linearizability.Result) {
	f.By = string(r.Failure.Check)
	if f.By == "" {
		f.By = r.Failure.Class
	}
	f.Message = r.Failure.Message
	f.Schedules = r.Failure.SchedulesToFailure
	f.Scenario = r.Scenario
	f.Strategy = r.Failure.Strategy
	f.Preemptions = r.Failure.Preemptions
	f.Steps = r.Failure.Steps
	f.Command = r.Failure.Command
	f.Report = r.Failure.ReportFile
}

// Exit statuses of the verifier's replay.
const (
	replayPasses   = 0
	replayFails    = 1
	replayDiverges = 3
)

// confirm replays the schedule: it must fail in the broken buffer, and must not
// in the sound one.
func (h *hunter) confirm(ctx context.Context, broken string, f *Finding) error {
	file := f.schedule()
	if status := h.replay(ctx, broken, file); status != replayFails {
		return fmt.Errorf("NOT REPRODUCED: its replay ends with status %d", status)
	}
	switch status := h.replay(ctx, h.clean, file); status {
	case replayPasses, replayDiverges:
		return nil
	case replayFails:
		return errors.New("NOT DUE TO IT: the sound buffer fails in the same way")
	default:
		return fmt.Errorf("the schedule could not be replayed in the sound buffer: status %d", status)
	}
}

// schedule returns the file of the schedule that was found.
func (f *Finding) schedule() string { return f.Command[strings.LastIndexByte(f.Command, ' ')+1:] }

// replay returns the exit status of a replay, or -1.
func (h *hunter) replay(ctx context.Context, verifier, file string) int {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	cmd := h.command(ctx, verifier, "replay", file)
	if err := cmd.Run(); cmd.ProcessState == nil || err != nil && !errors.As(err, new(*exec.ExitError)) {
		return -1
	}
	return cmd.ProcessState.ExitCode()
}
