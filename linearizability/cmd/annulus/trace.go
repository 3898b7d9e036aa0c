package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"annulus/linearizability"
	"annulus/schedules/quote"
	"annulus/schedules/trace"
)

var traceCommand = command{
	name:    "trace",
	args:    "FILE",
	summary: "show the execution of a saved schedule, or a saved trace",
	about: `
A schedule is replayed, for a scenario or for the program that was saved beside it. A
trace is what a failure's directory has in trace.json; of a user's test, whose schedule
only "annulus replay" can run, show that. docs/traces.md tells how to read what is
shown. The status does not depend on whether the execution fails, only on whether it
could be shown.`,
	json: `
docs/trace-format.md has the format. It is one object, on many lines.`,
	examples: []string{
		"annulus trace .annulus/own-guard/schedule.txt",
		"annulus trace -whole .annulus/own-guard/trace.json",
		"annulus trace -html -o trace.html .annulus/own-guard/schedule.txt",
		"annulus trace -perfetto .annulus/own-guard/schedule.txt   # for ui.perfetto.dev",
	},
	declare: func(f *flag.FlagSet) runner {
		var o traceOptions
		f.BoolVar(&o.whole, "whole", false, "show every step of every operation")
		f.BoolVar(&o.json, "json", false, "write the trace for tools, as JSON")
		f.BoolVar(&o.html, "html", false, "write a page for a browser")
		f.BoolVar(&o.perfetto, "perfetto", false, "write the trace for Perfetto or chrome://tracing")
		f.StringVar(&o.file, "o", "", "write into `FILE`, not to standard output")
		return func(c *call) (int, error) {
			if o.json && o.html || o.json && o.perfetto || o.html && o.perfetto {
				return unusable, misused("of -json, -html and -perfetto only one can be given")
			}
			t, status, err := execution(c.args[0])
			if err != nil {
				return unusable, err
			}
			return status, o.write(c, t)
		}
	},
}

// traceOptions say in which form a trace is written, and where.
type traceOptions struct {
	whole, json, html, perfetto bool
	file                        string
}

func (o *traceOptions) write(c *call, t *trace.Trace) error {
	if o.file == "" {
		return o.render(c.bareOut, t)
	}
	var b bytes.Buffer
	if err := o.render(&b, t); err != nil {
		return err
	}
	if err := os.WriteFile(o.file, b.Bytes(), 0o666); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: %d bytes\n", o.file, b.Len())
	return nil
}

func (o *traceOptions) render(out io.Writer, t *trace.Trace) error {
	switch {
	case o.json:
		return trace.Write(out, t)
	case o.html:
		return trace.HTML(out, t)
	case o.perfetto:
		return trace.Perfetto(out, t)
	}
	style := trace.StyleFor(out)
	style.Whole = o.whole
	_, err := io.WriteString(out, t.Text(style))
	return err
}

// execution returns the trace in the file, or that of a replay of the schedule in it, and
// the exit status.
func execution(path string) (*trace.Trace, int, error) {
	if strings.HasSuffix(path, ".json") {
		file, err := os.Open(path)
		if err != nil {
			return nil, unusable, err
		}
		defer file.Close()
		t, err := trace.Read(file, path)
		return t, passed, err
	}
	r, err := linearizability.Replay(scenarios(), path, again(path))
	if t, ok := testOf(path); ok && errors.Is(err, linearizability.ErrNoProgram) {
		err = fmt.Errorf("%s is for the test %s.%s, which \"annulus replay\" runs; the trace of its failure is %s",
			path, t.pkg, t.name, filepath.Join(filepath.Dir(path), "trace.json"))
	}
	if err != nil {
		return nil, unusable, err
	}
	if r.Diverged() {
		return r.Trace, diverged, nil
	}
	return r.Trace, passed, nil
}

// again returns the command that replays a file.
func again(path string) string {
	return invocation() + " replay " + quote.Shell(path)
}
