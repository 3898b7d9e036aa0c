package main

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"annulus/schedules/overlay"
	"annulus/schedules/overlay/results"
	"annulus/schedules/overlay/selftest"
)

// selfTest explores the programs of package selftest, unless that has been done with this
// overlay before, and returns an error if they do not have the outcomes that they should.
func (t *toolchain) selfTest(ctx context.Context, made *overlay.Overlay) error {
	dir := filepath.Join(t.cache, "selftest", made.Key)
	passed := filepath.Join(dir, "passed")
	if _, err := os.Stat(passed); err == nil {
		return nil
	}
	if err := writeSelfTest(dir); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "annulus-selftest-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	memory := append(slices.Clone(results.Holders), "selftest")
	b := &testBuild{memory: memory, tool: t.in(dir), list: filepath.Join(work, "overlay.json"), results: filepath.Join(work, "results")}
	if err := made.Write(filepath.Join(t.cache, "overlay"), b.list, []overlay.Package{{Path: "selftest", Dir: dir, Name: "selftest"}}); err != nil {
		return err
	}
	was := map[string]results.Result{}
	o := results.Options{Memory: memory, Outcomes: true, Strategy: "dpor", Time: time.Minute}
	output, _, err := b.run(ctx, o, []string{"-count=1", "-timeout=0"}, nil, func(r results.Result) { was[r.Test] = r })
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, test := range slices.Sorted(maps.Keys(selftest.Outcomes)) {
		r, want := was[test], selftest.Outcomes[test]
		switch {
		case r.Failure != nil:
			return t.unfit(test, r.Failure.Class+": "+r.Failure.Message)
		case r.Kind != results.Passed && r.Kind != results.Sequential:
			return t.unfit(test, fmt.Sprintf("%s %s\n%s", r.Kind, r.Why, output))
		case r.Verdict == "INCOMPLETE" || !slices.Equal(r.Outcomes, want):
			return t.unfit(test, fmt.Sprintf("%s, outcomes %q, expected %q", r.Verdict, r.Outcomes, want))
		}
	}
	return os.WriteFile(passed, nil, 0o666)
}

// unfit says that a toolchain has failed the self-test.
func (t *toolchain) unfit(test, why string) error {
	return &overlay.Misfit{Version: t.Version, Why: "it does not pass the self-test " + test + ": " + why}
}

// writeSelfTest makes a module of the self-test.
func writeSelfTest(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module selftest\n\ngo 1.25\n"), 0o666); err != nil {
		return err
	}
	return fs.WalkDir(selftest.Sources, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := selftest.Sources.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name), content, 0o666)
	})
}
