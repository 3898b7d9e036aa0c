package hunt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"annulus/fuzz/internal/gallery"
	"annulus/fuzz/internal/workbench"
	"annulus/fuzz/mutants"
	"annulus/linearizability"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// errGallery: what is kept of a mutant is not what it was.
var errGallery = errors.New("GALLERY OUT OF DATE, make gallery repairs it")

// checkExhibit returns an error unless the mutant's schedule in the gallery fails as it did
// when it was saved, and the page about it is up to date.
func (h *hunter) checkExhibit(ctx context.Context, broken verifier, m mutants.Mutant) error {
	e, err := gallery.Load(root, m)
	if err != nil {
		return fmt.Errorf("%w: %w", errGallery, err)
	}
	_, trace, err := h.replayExhibit(ctx, broken, "", e)
	if err != nil {
		return fmt.Errorf("%w: %w", errGallery, err)
	}
	want, err := e.Page(root, trace)
	if err != nil {
		return err
	}
	path := gallery.PagePath(m.Name)
	got, err := os.ReadFile(path)
	if err == nil && string(got) != want {
		err = fmt.Errorf("%s is not what the replay of %s shows now", path, gallery.SchedulePath(m.Name))
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errGallery, err)
	}
	return nil
}

// replayExhibit replays an exhibit that was saved below dir. It returns the exhibit with
// its present story, and the trace for the page. The error says that the broken buffer
// does not fail as it did, or that the sound one fails: under the same schedule, or under
// any other that an exploration finds.
func (h *hunter) replayExhibit(ctx context.Context, broken verifier, dir string, e gallery.Exhibit) (gallery.Exhibit, string, error) {
	file := filepath.Join(dir, gallery.SchedulePath(e.Mutant.Name))
	now, err := h.confirm(ctx, broken, file)
	if then := e.Outcome(); err == nil && now.Kind != then.Kind {
		err = fmt.Errorf("%s ends with %q on the mutant; it was %q", file, now, then)
	}
	if err == nil {
		err = h.harmless(ctx, e, dir)
	}
	if err != nil {
		return e, "", err
	}
	var text strings.Builder
	show := h.job(broken, grace, "replay", file)
	show.Stdout = &text
	if _, err = show.Run(ctx); err != nil { // it fails, as it must
		return e, "", err
	}
	return gallery.New(e.Mutant, e.Program, e.Schedule, now), gallery.Trace(text.String()), nil
}

// harmless returns an error if the program of the exhibit, which was saved below dir, fails
// on the sound buffer under some schedule: then the program itself is wrong, for example
// because a task waits for itself, and does not show the mutant. A program with a single
// task has the verdict NOTHING SHARED, which is no error here.
func (h *hunter) harmless(ctx context.Context, e gallery.Exhibit, dir string) error {
	file := filepath.Join(dir, gallery.ProgramPath(e.Mutant.Name))
	scratch := filepath.Join(directory, e.Mutant.Name, "sound")
	r, o, err := workbench.AskOne[linearizability.Result](ctx, h.job(h.clean, grace, "explore", "-json", "-time", "5s", "-dir", scratch, file))
	switch {
	case err != nil:
		return fmt.Errorf("%s cannot be explored on the sound buffer: %w", file, err)
	case r.Failure != nil:
		return fmt.Errorf("%s fails on the sound buffer, too: %s: %s", file, r.Failure.Class, r.Failure.Message)
	case o.Status != workbench.Passes && !r.NothingShared:
		return fmt.Errorf("%s: the sound buffer does not pass: exit status %d", file, o.Status)
	}
	return nil
}

// curate brings the gallery up to date, one mutant after the other, and reports whether
// that was possible for all.
func curate(ctx context.Context, budget time.Duration, anew bool, chosen []mutants.Mutant, out io.Writer) (all bool, err error) {
	begun := time.Now()
	h, err := newHunter(ctx, directory, budget, chosen)
	if err != nil {
		return false, err
	}
	all = true
	for _, m := range chosen {
		what, err := h.curate(ctx, m, anew)
		if ctx.Err() != nil { // the pages before it are written, the index is not
			return false, ctx.Err()
		}
		if err != nil {
			what, all = err.Error(), false
		}
		fmt.Fprintf(out, "%-33s %s\n", m.Name, what)
	}
	if err := gallery.WriteIndex(root); err != nil {
		return false, fmt.Errorf("the index is not written: %w", err)
	}
	fmt.Fprintf(out, "\n%d mutants, %.0f s\n", len(chosen), time.Since(begun).Seconds())
	return all, nil
}

// curate brings the exhibit of a mutant and its page up to date. It returns what it has
// done, in words.
func (h *hunter) curate(ctx context.Context, m mutants.Mutant, anew bool) (string, error) {
	broken, err := h.plant(ctx, m)
	if err != nil {
		return "", err
	}
	defer h.remove(broken)
	what := "as it was"
	var trace string
	e, stale := gallery.Load(root, m)
	if stale == nil {
		e, trace, stale = h.replayExhibit(ctx, broken, "", e)
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
	if err := e.Save(root); err != nil {
		return "", err
	}
	return what, e.Write(root, trace)
}

// find looks for a schedule that fails on the mutant, and makes its program smaller. If the
// trace is still too long, it does the same for every scenario that fails, and returns the
// exhibit with the shortest trace.
func (h *hunter) find(ctx context.Context, broken verifier, m mutants.Mutant) (e gallery.Exhibit, trace string, err error) {
	var f Finding
	if err := h.verify(ctx, broken, &f); err != nil {
		return e, "", err
	}
	if _, err := h.confirm(ctx, broken, f.schedule); err != nil {
		return e, "", err
	}
	if e, trace, err = h.shrink(ctx, broken, m, f.schedule); err != nil || gallery.Lines(trace) <= gallery.Longest {
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

// shrink returns the exhibit of a smaller program that fails as the program of the schedule
// file does; or that of the program itself, if the smaller one cannot be an exhibit.
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
		if err = e.Save(dir); err != nil {
			return e, "", err
		}
		if e, trace, err = h.replayExhibit(ctx, broken, dir, e); err == nil {
			break
		}
	}
	return e, trace, err
}

// rounds is how many steps are kept of an execution that goes on for ever. They are enough
// to see that it repeats.
const rounds = 120

// exhibit returns the exhibit of a schedule file and of the program in the file beside it.
func (h *hunter) exhibit(ctx context.Context, broken verifier, m mutants.Mutant, file string) (gallery.Exhibit, error) {
	var e gallery.Exhibit
	now, err := h.outcome(ctx, broken, file)
	if err != nil {
		return e, err
	}
	s, err := schedules.LoadSchedule(file)
	if err != nil {
		return e, err
	}
	p, err := scenario.LoadProgram(filepath.Join(filepath.Dir(file), "program.txt"))
	if err != nil {
		return e, err
	}
	if now.Kind == schedules.StepCap.String() {
		s.Limits.Steps = rounds
		s.Steps = s.Steps[:min(len(s.Steps), rounds)]
	}
	return gallery.New(m, p, s, now), nil
}

// minimise makes the program of a schedule file smaller, and returns the file of the new
// schedule.
func (h *hunter) minimise(ctx context.Context, broken verifier, file string) (string, error) {
	r, _, err := workbench.AskOne[linearizability.Result](ctx, h.job(broken, longest, "minimise", "-program", "-json",
		"-dir", filepath.Join(broken.dir, "minimal"), file))
	if err == nil && r.Failure == nil {
		err = errors.New("it does not fail any more")
	}
	if err != nil {
		return "", fmt.Errorf("no smaller program: %w", err)
	}
	return r.Failure.ScheduleFile, nil
}
