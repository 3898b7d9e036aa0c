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
	clean verifier // built from the source as it is

	overlay  string          // of many mutants, to choose from
	built    map[string]bool // their names
	together string          // the verifier built with them

	witnesses map[mutants.Judge]*witness // of what no schedule shows

	race    comparison // of strategies, unless it names none
	gallery bool       // replay what is kept of the mutant, too
}

// verifier is a program that is built of the buffer as it is or of mutants.
type verifier struct {
	binary string
	mutant string // the one that is chosen
	dir    string // where its source and what is found of it are kept
	// overlay is what it would be built with by itself. Commands that reproduce
	// something use it.
	overlay string
}

// newHunter builds the verifier as it is, and with those of the mutants that can be
// built together.
func newHunter(ctx context.Context, root, dir string, budget time.Duration, list []mutants.Mutant) (*hunter, error) {
	h := &hunter{root: root, dir: dir, time: budget, clean: verifier{binary: filepath.Join(dir, "annulus"), dir: dir}, witnesses: newWitnesses()}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		return nil, fmt.Errorf("must be run in the root of the module: %w", err)
	}
	if err := h.build(ctx, h.clean.binary); err != nil {
		return nil, err
	}
	return h, h.buildTogether(ctx, list)
}

// buildTogether builds the verifier with the mutants. If that fails, it leaves them to
// be built one by one, which shows the one that is the cause.
func (h *hunter) buildTogether(ctx context.Context, list []mutants.Mutant) error {
	h.overlay, h.built, h.together = "", nil, filepath.Join(h.dir, "together", "annulus")
	overlay, alone, err := mutants.WriteTogether(h.root, filepath.Dir(h.together), list)
	if err == nil {
		err = h.build(ctx, h.together, "-overlay", overlay)
	}
	if err != nil {
		return ctx.Err()
	}
	h.choose(overlay, list, alone)
	return nil
}

// choose says that with the overlay the mutants of the list can be chosen, but for those
// that are alone.
func (h *hunter) choose(overlay string, list, alone []mutants.Mutant) {
	h.overlay, h.built = overlay, map[string]bool{}
	for _, m := range list {
		h.built[m.Name] = true
	}
	for _, m := range alone {
		h.built[m.Name] = false
	}
}

// build builds the verifier.
func (h *hunter) build(ctx context.Context, output string, flags ...string) error {
	args := append([]string{"build", "-buildvcs=false", "-ldflags=-s -w", "-o", output}, flags...)
	out, err := h.command(ctx, "go", append(args, command)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

func (h *hunter) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = h.root
	return cmd
}

// run is a command of the verifier.
func (h *hunter) run(ctx context.Context, v verifier, args ...string) *exec.Cmd {
	cmd := h.command(ctx, v.binary, args...)
	// The variables that give the verifier defaults are not meant for this run.
	cmd.Env = append(os.Environ(), "RUN=", "VERIFY_TIME=", "VERIFY_SEED=", mutants.Variable+"="+v.mutant)
	if v.mutant == "" && v.overlay != "" { // it was built with that, and quotes what it runs
		cmd.Env = append(cmd.Env, "ANNULUS_OVERLAY="+v.overlay)
	}
	return cmd
}

// hunt runs the verifier on a mutant, or the judge that must notice it instead.
func (h *hunter) hunt(ctx context.Context, m mutants.Mutant) Finding {
	begun := time.Now()
	f := Finding{Mutant: m.Name, Area: m.Area, Slip: m.Slip}
	find := h.search
	if m.Witness != "" {
		find = h.testify
	}
	if err := find(ctx, m, &f); err != nil {
		f.Problem = err.Error()
	}
	f.Killed = f.Problem == ""
	f.Seconds = time.Since(begun).Seconds()
	return f
}

// search fills in what the verifier finds. Its error says why that is not
// enough.
func (h *hunter) search(ctx context.Context, m mutants.Mutant, f *Finding) error {
	broken, err := h.plant(ctx, m)
	if err != nil {
		return err
	}
	defer h.remove(broken)
	if err := h.verify(ctx, broken, f); err != nil {
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

// plant returns the verifier of the broken buffer, with a directory of its own. It
// builds it, unless it was built together with others.
func (h *hunter) plant(ctx context.Context, m mutants.Mutant) (v verifier, err error) {
	v = verifier{binary: h.together, mutant: m.Name, dir: filepath.Join(h.dir, m.Name)}
	if err := os.RemoveAll(filepath.Join(h.root, v.dir)); err != nil {
		return v, err
	}
	if v.overlay, err = m.WriteOverlay(h.root, v.dir); err != nil || h.built[m.Name] {
		return v, err
	}
	v.binary = filepath.Join(v.dir, "annulus")
	if err := h.build(ctx, v.binary, "-overlay", v.overlay); err != nil {
		return v, fmt.Errorf("does not compile: %w", err)
	}
	return v, nil
}

// remove removes a verifier that was built for one mutant: there are many, and they
// are large.
func (h *hunter) remove(v verifier) {
	if v.binary != h.together {
		os.Remove(filepath.Join(h.root, v.binary))
	}
}

// grace is how much longer than its budget the verifier may take.
const grace = 30 * time.Second

// verify runs the verifier until its first failure.
func (h *hunter) verify(ctx context.Context, broken verifier, f *Finding) error {
	results, err := h.results(ctx, broken, "-first")
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
func (h *hunter) results(ctx context.Context, broken verifier, flags ...string) ([]linearizability.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, h.time+grace)
	defer cancel()
	cmd := h.run(ctx, broken, append([]string{"verify", "-json", "-procs", "1", "-time", h.time.String(), "-dir", broken.dir,
		"-command", "go run -overlay " + broken.overlay + " " + command}, flags...)...)
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
func (h *hunter) confirm(ctx context.Context, broken verifier, f *Finding) error {
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
func (h *hunter) replay(ctx context.Context, v verifier, file string) int {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	cmd := h.run(ctx, v, "replay", file)
	if err := cmd.Run(); cmd.ProcessState == nil || err != nil && !errors.As(err, new(*exec.ExitError)) {
		return -1
	}
	return cmd.ProcessState.ExitCode()
}
