package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"annulus/schedules/overlay"
	"annulus/schedules/overlay/results"
)

// testBuild is how tests are built and run with an overlay.
type testBuild struct {
	tool    *toolchain
	list    string // the file that the flag -overlay names
	tags    string // of the user's
	flags   []string
	memory  []string // packages whose memory is watched
	results string   // the file of results
	read    int64    // how much of it has been read
}

// arguments returns those of go test for the packages.
func (b *testBuild) arguments(flags []string, packages ...string) []string {
	tags := overlay.Tag
	if b.tags != "" {
		tags += "," + b.tags
	}
	args := []string{"test", "-overlay=" + b.list, "-tags=" + tags, "-vet=off", "-gcflags=all=" + overlay.NoIntrinsics, "-gcflags=std="}
	for _, p := range overlay.Intrinsics {
		args = append(args, "-gcflags="+p+"="+overlay.NoIntrinsics)
	}
	return slices.Concat(args, b.watching(), flags, b.flags, packages)
}

// run runs the tests of the packages, calls show with each result as it comes, and returns
// what go test prints. broken is how go test has failed, nil if it has not.
func (b *testBuild) run(ctx context.Context, o results.Options, flags []string, packages []string, show func(results.Result)) (output string, broken, err error) {
	o.File = b.results
	cmd := b.tool.run(ctx, b.arguments(flags, packages...)...)
	cmd.Cancel = func() error { return os.WriteFile(results.StopFile(b.results), nil, 0o666) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Env = append(cmd.Env, o.Environment())
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for look := time.NewTicker(50 * time.Millisecond); ; {
		select {
		case <-look.C:
			if err := b.readResults(show); err != nil {
				return "", nil, err
			}
		case broken := <-ended:
			look.Stop()
			return text.String(), broken, b.readResults(show)
		}
	}
}

// readResults shows the results that have come since the last call.
func (b *testBuild) readResults(show func(results.Result)) error {
	file, err := os.Open(b.results)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Seek(b.read, io.SeekStart); err != nil {
		return err
	}
	content, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(content, '\n') + 1 // the rest is being written
	b.read += int64(whole)
	for line := range bytes.Lines(content[:whole]) {
		result, err := results.Parse(line)
		if err != nil {
			return fmt.Errorf("a result of a test cannot be read: %w", err)
		}
		show(result)
	}
	return nil
}

// testRun explores the tests of packages.
type testRun struct {
	*testOptions
	*call
	build    *testBuild
	packages []overlay.Package
	display  *testDisplay
}

// all explores all tests and returns the exit status.
func (r *testRun) all() (int, error) {
	var names []string
	for _, p := range r.packages {
		names = append(names, p.Path)
	}
	output, broken, err := r.build.run(r.ctx, r.Options, r.flags(nil), names, r.display.show)
	if err != nil {
		return unusable, err
	}
	for _, p := range r.packages {
		if err := r.rest(p.Path, output); err != nil {
			return unusable, err
		}
	}
	explained := r.ctx.Err() != nil || r.display.counts[results.Failed]+r.display.counts[results.NotExplorable] > 0
	if (broken != nil || r.display.total() == 0) && !explained || strings.Contains(output, " failed]\n") {
		fmt.Fprint(r.errs, output)
		if broken == nil {
			return unusable, errors.New("no test was explored")
		}
		return unusable, fmt.Errorf("go test: %w", broken)
	}
	return r.display.summary(), nil
}

// flags returns the flags of go test, which is to leave out tests that are done.
func (r *testRun) flags(done []string) []string {
	flags := []string{"-run=" + r.run, fmt.Sprintf("-count=%d", r.count), fmt.Sprintf("-timeout=%v", r.timeout)}
	if r.short {
		flags = append(flags, "-short")
	}
	if len(done) > 0 {
		flags = append(flags, "-skip=^("+strings.Join(done, "|")+")$")
	}
	return flags
}

// rest explores the tests of a package behind one with which its process has ended.
func (r *testRun) rest(path, output string) error {
	for r.ctx.Err() == nil {
		p := r.display.of(path)
		if p.current != "" {
			r.display.show(results.Result{Package: path, Test: p.current, Kind: results.NotExplorable, Why: "its process has ended: " + cause(output)})
		}
		if !p.ended {
			return nil
		}
		p.ended = false
		var err error
		if output, _, err = r.build.run(r.ctx, r.Options, r.flags(p.done), []string{path}, r.display.show); err != nil {
			return err
		}
	}
	return nil
}

// cause finds in what go test has printed why a process has ended.
func cause(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	for _, line := range lines {
		for _, begin := range []string{"panic: ", "fatal error: ", "runtime: "} {
			if strings.HasPrefix(line, begin) {
				return line
			}
		}
	}
	for _, line := range slices.Backward(lines) {
		if line = strings.TrimSpace(line); line != "" && line != "FAIL" && !strings.HasPrefix(line, "FAIL\t") {
			return line
		}
	}
	return "without a word"
}
