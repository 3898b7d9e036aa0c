package hunt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"annulus/fuzz/internal/gallery"
	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/workbench"
	"annulus/fuzz/mutants"
	"annulus/linearizability"
	"annulus/linearizability/scenario"
)

// Finding is the result of one mutant.
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
	Schedules   int64   `json:"schedules"`   // until the scenario failed; of all scenarios if none did
	Preemptions int     `json:"preemptions"` // of the minimal trace
	Steps       int     `json:"steps"`       // of the minimal trace
	Seconds     float64 `json:"seconds"`     // building included
	Command     string  `json:"command,omitempty"`
	Report      string  `json:"report,omitempty"` // file with the trace

	schedule string // file with the minimal schedule

	// Strategies says how soon each strategy by itself finds what the scenario
	// fails with; nil if they were not compared.
	Strategies []linearizability.Measurement `json:"strategies,omitempty"`
}

// hunter runs the verifier on mutants.
type hunter struct {
	dir   string // where mutants and what is found of them are kept
	time  time.Duration
	clean verifier // built from the source as it is

	overlay  string          // with many mutants, of which a variable chooses one
	built    map[string]bool // names of the mutants in the overlay
	together string          // the verifier built with the overlay

	witnesses map[mutants.Judge]*witness // tests that kill mutants that no schedule shows

	comparison ranking.Comparison // of strategies, unless it names none
	gallery    bool               // check the mutant's exhibit in the gallery, too
}

// verifier is a program that is built of the buffer as it is or of mutants.
type verifier struct {
	binary string
	mutant string // the one that is chosen
	dir    string // where its source and what is found of it are kept
	// overlay has the chosen mutant alone. Commands that reproduce a failure use it.
	overlay string
}

// newHunter builds two verifiers: of the sound buffer, and with those of the mutants that
// can be built together.
func newHunter(ctx context.Context, dir string, budget time.Duration, list []mutants.Mutant) (*hunter, error) {
	h := &hunter{dir: dir, time: budget, witnesses: newWitnesses()}
	if _, err := os.Stat("go.mod"); err != nil {
		return nil, fmt.Errorf("must be run in the root of the module: %w", err)
	}
	binary, err := workbench.Verifier.Build(ctx, dir, "")
	if err != nil {
		return nil, err
	}
	h.clean = verifier{binary: binary, dir: dir}
	return h, h.buildTogether(ctx, list)
}

// buildTogether builds the verifier with all mutants. If that fails, which is no error,
// they are built one by one later, which shows the one that is the cause.
func (h *hunter) buildTogether(ctx context.Context, list []mutants.Mutant) error {
	h.overlay, h.built, h.together = "", nil, ""
	dir := filepath.Join(h.dir, "together")
	overlay, alone, err := mutants.WriteTogether(root, dir, list)
	if err == nil {
		h.together, err = workbench.Verifier.Build(ctx, dir, overlay)
	}
	if err != nil {
		return ctx.Err()
	}
	h.choose(overlay, list, alone)
	return nil
}

// choose notes that the overlay has the mutants of the list, except those in alone.
func (h *hunter) choose(overlay string, list, alone []mutants.Mutant) {
	h.overlay, h.built = overlay, map[string]bool{}
	for _, m := range list {
		h.built[m.Name] = true
	}
	for _, m := range alone {
		h.built[m.Name] = false
	}
}

// job returns a run of the verifier with a command, which may take so long.
func (h *hunter) job(v verifier, wall time.Duration, args ...string) workbench.Job {
	j := workbench.Job{Binary: v.binary, Args: args, Wall: wall, Env: []string{mutants.Variable + "=" + v.mutant}}
	if v.mutant == "" && v.overlay != "" { // it was built with that, and quotes what it runs
		j.Env = append(j.Env, "ANNULUS_OVERLAY="+v.overlay)
	}
	return j
}

// hunt has the verifier, or the witness that the catalogue names, try to kill a mutant.
func (h *hunter) hunt(ctx context.Context, m mutants.Mutant) Finding {
	begun := time.Now()
	f := Finding{Mutant: m.Name, Area: m.Area, Slip: m.Slip}
	find := h.search
	if m.Witness != "" {
		find = h.askWitness
	}
	if err := find(ctx, m, &f); err != nil {
		f.Problem = err.Error()
	}
	f.Killed = f.Problem == ""
	f.Seconds = time.Since(begun).Seconds()
	return f
}

// search fills in what the verifier finds. The error says why the mutant does not count as
// killed.
func (h *hunter) search(ctx context.Context, m mutants.Mutant, f *Finding) error {
	broken, err := h.plant(ctx, m)
	if err != nil {
		return err
	}
	defer h.remove(broken)
	if err := h.verify(ctx, broken, f); err != nil {
		return err
	}
	if _, err := h.confirm(ctx, broken, f.schedule); err != nil {
		return err
	}
	if h.gallery {
		if err := h.checkExhibit(ctx, broken, m); err != nil {
			return err
		}
	}
	return h.compare(ctx, broken, f)
}

// plant returns the verifier of the broken buffer, with a directory of its own. It builds
// the verifier unless the mutant is one of those that were built together.
func (h *hunter) plant(ctx context.Context, m mutants.Mutant) (v verifier, err error) {
	v = verifier{binary: h.together, mutant: m.Name, dir: filepath.Join(h.dir, m.Name)}
	if err := os.RemoveAll(v.dir); err != nil {
		return v, err
	}
	if v.overlay, err = m.WriteOverlay(root, v.dir); err != nil || h.built[m.Name] {
		return v, err
	}
	if v.binary, err = workbench.Verifier.Build(ctx, v.dir, v.overlay); err != nil {
		return v, fmt.Errorf("does not compile: %w", err)
	}
	return v, nil
}

// remove removes a verifier that was built for one mutant: there are many, and they
// are large.
func (h *hunter) remove(v verifier) {
	if v.binary != h.together {
		os.Remove(v.binary)
	}
}

// grace is how much longer than its own time limit the verifier may take.
const grace = 30 * time.Second

// verify runs the verifier until its first failure.
func (h *hunter) verify(ctx context.Context, broken verifier, f *Finding) error {
	for _, flags := range attempts(root, f.Mutant) {
		results, err := h.results(ctx, broken, flags...)
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
	}
	return errors.New("SURVIVED")
}

// attempts returns the flags of the runs of the verifier that try to kill a mutant. The
// scenario from which its exhibit in the gallery was made, if that is known, comes before
// all scenarios: those in front of it have nothing to say of the mutant, and it would have
// to wait until they are exhausted.
func attempts(root, mutant string) (runs [][]string) {
	if e, err := gallery.Load(root, mutants.Mutant{Name: mutant}); err == nil {
		for _, p := range scenario.Suite() {
			if p.About == e.Program.About {
				runs = append(runs, []string{"-first", "-run", "^" + regexp.QuoteMeta(p.Name) + "$"})
			}
		}
	}
	return append(runs, []string{"-first"})
}

// results runs the verifier, with the given flags and others, and returns its results.
func (h *hunter) results(ctx context.Context, broken verifier, flags ...string) ([]linearizability.Result, error) {
	results, _, err := workbench.Ask[linearizability.Result](ctx, h.job(broken, h.time+grace, append([]string{"verify", "-json",
		"-procs", "1", "-time", h.time.String(), "-dir", broken.dir,
		"-command", "go run -overlay " + broken.overlay + " " + workbench.VerifierPackage}, flags...)...))
	return results, err
}

// note copies what the verifier has reported of a failure.
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
	f.schedule = r.Failure.ScheduleFile
}

// replayed is what the verifier prints of a replay.
type replayed struct {
	Verdict string `json:"verdict"`
	Class   string `json:"class"`
	Message string `json:"message"`
}

// failed is the verdict of a replay that fails.
const failed = "FAIL"

// replay replays a schedule file.
func (h *hunter) replay(ctx context.Context, v verifier, file string) (replayed, error) {
	r, _, err := workbench.AskOne[replayed](ctx, h.job(v, grace, "replay", "-json", file))
	if err != nil {
		return r, fmt.Errorf("%s cannot be replayed: %w", file, err)
	}
	return r, nil
}

// outcome replays a schedule file, which must fail, and returns how it fails.
func (h *hunter) outcome(ctx context.Context, v verifier, file string) (gallery.Outcome, error) {
	if file == "" { // the verifier saves none of what hangs
		return gallery.Outcome{}, errors.New("NOT REPRODUCED: there is no schedule")
	}
	r, err := h.replay(ctx, v, file)
	if err == nil && r.Verdict != failed {
		err = fmt.Errorf("NOT REPRODUCED: %s does not fail on the mutant any more: %s %s", file, r.Verdict, r.Message)
	}
	return gallery.NewOutcome(r.Class, r.Message), err
}

// confirm is outcome for the broken buffer, and an error if the schedule also fails on the
// sound one.
func (h *hunter) confirm(ctx context.Context, broken verifier, file string) (gallery.Outcome, error) {
	now, err := h.outcome(ctx, broken, file)
	if err != nil {
		return now, err
	}
	sound, err := h.replay(ctx, h.clean, file)
	if err == nil && sound.Verdict == failed {
		err = fmt.Errorf("NOT DUE TO IT: %s fails on the sound buffer, too", file)
	}
	return now, err
}
