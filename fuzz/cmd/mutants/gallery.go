package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"annulus/fuzz/internal/gallery"
	"annulus/fuzz/mutants"
	"annulus/linearizability"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// errGallery: what is kept of a mutant is not what it was.
var errGallery = errors.New("GALLERY OUT OF DATE, make gallery repairs it")

// exhibited returns an error unless the schedule that is kept of the mutant fails as
// it did, and the page about it is up to date.
func (h *hunter) exhibited(ctx context.Context, broken verifier, m mutants.Mutant) error {
	e, err := gallery.Load(h.root, m)
	if err != nil {
		return fmt.Errorf("%w: %w", errGallery, err)
	}
	_, trace, err := h.again(ctx, broken, "", e)
	if err != nil {
		return fmt.Errorf("%w: %w", errGallery, err)
	}
	want, err := e.Page(h.root, trace)
	if err != nil {
		return err
	}
	path := gallery.PagePath(m.Name)
	got, err := os.ReadFile(filepath.Join(h.root, path))
	if err == nil && string(got) != want {
		err = fmt.Errorf("%s is not what the replay of %s shows now", path, gallery.SchedulePath(m.Name))
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errGallery, err)
	}
	return nil
}

// replayed is what the verifier prints of a replay with -json.
type replayed struct {
	Verdict string `json:"verdict"`
	Class   string `json:"class"`
	Message string `json:"message"`
}

// again replays an exhibit that was saved below the directory. It returns it with the
// story that it has now, and the trace for the page. The broken buffer must fail as it
// did, and the sound one must not fail, neither so nor under any schedule that is found.
func (h *hunter) again(ctx context.Context, broken verifier, dir string, e gallery.Exhibit) (gallery.Exhibit, string, error) {
	file := filepath.Join(dir, gallery.SchedulePath(e.Mutant.Name))
	now, err := h.outcome(ctx, broken, file)
	if err != nil {
		return e, "", err
	}
	if then := e.Outcome(); now.Kind != then.Kind {
		return e, "", fmt.Errorf("%s ends with %q on the mutant; it was %q", file, now, then)
	}
	switch status := h.replay(ctx, h.clean, file); status {
	case replayPasses, replayDiverges:
	case replayFails:
		return e, "", fmt.Errorf("%s fails on the sound buffer, too", file)
	default:
		return e, "", fmt.Errorf("%s cannot be replayed on the sound buffer: status %d", file, status)
	}
	if err := h.harmless(ctx, e, dir); err != nil {
		return e, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	text, _ := h.run(ctx, broken, "replay", file).Output() // it fails, as it must
	return gallery.New(e.Mutant, e.Program, e.Schedule, now), gallery.Trace(string(text)), ctx.Err()
}

// harmless returns an error if the program of the exhibit, which was saved below the
// directory, fails on the sound buffer under some schedule. A program may wait for
// itself, and then what it shows is not the mutant. Where a single task shows it there is
// NOTHING SHARED, which is no failure here.
func (h *hunter) harmless(ctx context.Context, e gallery.Exhibit, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	file := filepath.Join(dir, gallery.ProgramPath(e.Mutant.Name))
	scratch := filepath.Join(directory, e.Mutant.Name, "sound")
	cmd := h.run(ctx, h.clean, "explore", "-json", "-time", "5s", "-dir", scratch, file)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var r linearizability.Result
	switch bad := json.Unmarshal(out, &r); {
	case bad != nil:
		return fmt.Errorf("%s cannot be explored on the sound buffer: %w\n%s", file, errors.Join(err, bad), stderr.Bytes())
	case r.Failure != nil:
		return fmt.Errorf("%s fails on the sound buffer, too: %s: %s", file, r.Failure.Class, r.Failure.Message)
	case err != nil && !r.NothingShared:
		return fmt.Errorf("%s: %w\n%s", file, err, stderr.Bytes())
	}
	return nil
}

// outcome replays a schedule file, which must fail.
func (h *hunter) outcome(ctx context.Context, v verifier, file string) (gallery.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	cmd := h.run(ctx, v, "replay", "-json", file)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var r replayed
	if bad := json.Unmarshal(out, &r); bad != nil {
		return gallery.Outcome{}, fmt.Errorf("%s cannot be replayed: %w\n%s", file, errors.Join(err, bad), stderr.Bytes())
	}
	if r.Verdict != "FAIL" {
		return gallery.Outcome{}, fmt.Errorf("%s does not fail on the mutant any more: %s %s", file, r.Verdict, r.Message)
	}
	return gallery.NewOutcome(r.Class, r.Message), nil
}

// curate brings the gallery up to date, one mutant after the other.
func curate(ctx context.Context, o options, chosen []mutants.Mutant, stdout, stderr io.Writer) int {
	begun := time.Now()
	h, err := newHunter(ctx, ".", directory, o.time, chosen)
	if err != nil {
		fmt.Fprintf(stderr, "mutants: %v\n", err)
		return unusable
	}
	status := allFound
	for _, m := range chosen {
		what, err := h.curate(ctx, m, o.anew)
		if err != nil {
			what, status = err.Error(), notAll
		}
		fmt.Fprintf(stdout, "%-33s %s\n", m.Name, what)
	}
	if err := gallery.WriteIndex(h.root); err != nil {
		fmt.Fprintf(stderr, "mutants: the index is not written: %v\n", err)
		return unusable
	}
	fmt.Fprintf(stdout, "\n%d mutants, %.0f s\n", len(chosen), time.Since(begun).Seconds())
	return status
}

// curate brings up to date what is kept of a mutant, and its page. It tells what it
// has done.
func (h *hunter) curate(ctx context.Context, m mutants.Mutant, anew bool) (string, error) {
	broken, err := h.plant(ctx, m)
	if err != nil {
		return "", err
	}
	defer h.remove(broken)
	what := "as it was"
	var trace string
	e, stale := gallery.Load(h.root, m)
	if stale == nil {
		e, trace, stale = h.again(ctx, broken, "", e)
	}
	if stale != nil || anew {
		if e, trace, err = h.find(ctx, broken, m); err != nil {
			return "", err
		}
		what = "found anew"
		if stale != nil {
			what += ", since " + stale.Error()
		}
	}
	if err := e.Save(h.root); err != nil {
		return "", err
	}
	return what, e.Write(h.root, trace)
}

// find looks for a schedule that fails on the mutant, and for a smaller program. If
// the trace is too long even so, it tries every scenario that fails, and returns what
// has the shortest one.
func (h *hunter) find(ctx context.Context, broken verifier, m mutants.Mutant) (e gallery.Exhibit, trace string, err error) {
	var f Finding
	if err := h.verify(ctx, broken, &f); err != nil {
		return e, "", err
	}
	if err := h.confirm(ctx, broken, &f); err != nil {
		return e, "", err
	}
	if e, trace, err = h.shrink(ctx, broken, m, f.schedule()); err != nil || gallery.Lines(trace) <= gallery.Longest {
		return e, trace, err
	}
	results, err := h.results(ctx, broken)
	if err != nil {
		return e, "", err
	}
	for _, r := range results {
		if r.Failure == nil || r.Failure.ScheduleFile == "" { // a hang has none
			continue
		}
		other, short, err := h.shrink(ctx, broken, m, r.Failure.ScheduleFile)
		if err == nil && gallery.Lines(short) < gallery.Lines(trace) {
			e, trace = other, short
		}
	}
	return e, trace, nil
}

// shrink returns the exhibit of a smaller program that fails as the one of the
// schedule file does, or of that program, if the smaller one fails on the sound
// buffer, too.
func (h *hunter) shrink(ctx context.Context, broken verifier, m mutants.Mutant, file string) (e gallery.Exhibit, trace string, err error) {
	small, err := h.minimise(ctx, broken, file)
	if err != nil {
		return e, "", err
	}
	dir := broken.dir
	for _, file := range []string{small, file} {
		if e, err = h.exhibit(ctx, broken, m, file); err != nil {
			return e, "", err
		}
		if err = e.Save(filepath.Join(h.root, dir)); err != nil {
			return e, "", err
		}
		if e, trace, err = h.again(ctx, broken, dir, e); err == nil {
			break
		}
	}
	return e, trace, err
}

// rounds is how many steps are kept of an execution that goes on for ever. They are
// enough to see that it goes round.
const rounds = 120

// exhibit returns the exhibit of a schedule file, and of the program beside it.
func (h *hunter) exhibit(ctx context.Context, broken verifier, m mutants.Mutant, file string) (gallery.Exhibit, error) {
	var e gallery.Exhibit
	now, err := h.outcome(ctx, broken, file)
	if err != nil {
		return e, err
	}
	s, err := schedules.LoadSchedule(filepath.Join(h.root, file))
	if err != nil {
		return e, err
	}
	p, err := scenario.LoadProgram(filepath.Join(h.root, filepath.Dir(file), "program.txt"))
	if err != nil {
		return e, err
	}
	if now.Kind == schedules.StepCap.String() {
		s.Limits.Steps = rounds
		s.Steps = s.Steps[:min(len(s.Steps), rounds)]
	}
	return gallery.New(m, p, s, now), nil
}

// minimise makes the program of a schedule smaller, and returns the file of the new
// schedule.
func (h *hunter) minimise(ctx context.Context, broken verifier, file string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := h.run(ctx, broken, "minimise", "-program", "-json", "-dir", filepath.Join(broken.dir, "minimal"), file)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var r linearizability.Result
	if bad := json.Unmarshal(out, &r); bad != nil || r.Failure == nil {
		return "", fmt.Errorf("no smaller program: %w\n%s", errors.Join(err, bad), stderr.Bytes())
	}
	return r.Failure.ScheduleFile, nil
}
