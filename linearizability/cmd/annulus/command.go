package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"annulus/schedules/quote"
)

// command is one of the things that annulus does. Usage texts and docs/command.md are
// made from it.
type command struct {
	name string
	// args are the arguments in the words of the synopsis: FILE, [COMMAND] for one that
	// may be missing, FILE... for one or more, [-- FLAG...] for what is handed on.
	args    string
	summary string // one line in the imperative, in lower case, without a full stop
	about   string // paragraphs, or ""
	json    string // what the objects of -json hold, or ""
	// examples are command lines that run in the module's root, in this order.
	examples []string
	internal bool // only annulus itself calls it

	// declare declares the flags, and returns what is to run once they are set.
	declare func(f *flag.FlagSet) runner
}

// runner does the work of a command and returns the exit status. If it returns an error,
// the exit status is unusable whatever it has returned.
type runner func(c *call) (status int, err error)

// call is one run of a command.
type call struct {
	ctx  context.Context // done when the command is to end with what is known so far
	args []string        // the arguments without flags, as many as the synopsis says
	rest []string        // what follows --
	in   io.Reader
	out  io.Writer // escapes whatever a terminal would act on
	errs io.Writer // likewise

	// What out and errs write to: for output that has escape sequences of its own, or that
	// programs read.
	bareOut, bareErrs io.Writer
}

// Exit statuses.
const (
	passed   = 0
	failed   = 1
	unusable = 2
	diverged = 3
)

// exits says what the exit statuses mean, for every command.
var exits = []struct {
	status  int
	meaning string
}{
	{passed, "all that was tried passed, or what was asked for was done"},
	{failed, "something failed, or had nothing shared"},
	{unusable, "it could not be done, or was interrupted: a wrong flag, a bad file, a full disk, Ctrl-C"},
	{diverged, "the program did not follow the schedule that was to be replayed"},
}

// usageError is an error in how the command was called.
type usageError struct{ error }

func misused(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// flags returns the command's flags, and what is to run once they are set.
func (c *command) flags() (*flag.FlagSet, runner) {
	f := flag.NewFlagSet("annulus "+c.name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	return f, c.declare(f)
}

// run runs the command and returns the exit status.
func (c *command) run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	f, runs := c.flags()
	this := &call{ctx: ctx, in: in, out: quote.Writer(out), errs: quote.Writer(errs), bareOut: out, bareErrs: errs}
	err := this.parse(f, args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(this.out, c.usage())
		return passed
	}
	if err == nil {
		err = c.takes(this)
	}
	status := unusable
	if err == nil {
		status, err = runs(this)
	}
	if err == nil && ctx.Err() != nil && status != failed {
		status, err = unusable, errors.New("interrupted, with what was known by then")
	}
	if err == nil {
		return status
	}
	fmt.Fprintf(this.errs, "annulus %s: %v\n", c.name, err)
	if errors.As(err, new(usageError)) {
		fmt.Fprintf(this.errs, "\"annulus help %s\" tells how it is used\n", c.name)
	}
	return unusable
}

// parse sets the flags, which may stand before and after arguments.
func (c *call) parse(f *flag.FlagSet, args []string) error {
	for i, arg := range args {
		if arg == "--" {
			args, c.rest = args[:i], args[i+1:]
			break
		}
	}
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			return explained(f, err)
		}
		if args = f.Args(); len(args) > 0 {
			c.args = append(c.args, args[0])
			args = args[1:]
		}
	}
	return nil
}

// explained adds the flag with the nearest name to the flag package's error about an
// unknown flag.
func explained(f *flag.FlagSet, err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !ok {
		return usageError{err}
	}
	var names []string
	f.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return misused("there is no flag -%s%s", name, didYouMean("-", name, names))
}

// takes checks the arguments against the synopsis.
func (c *command) takes(this *call) error {
	args, handsOn := strings.CutSuffix(c.args, restSynopsis)
	words := strings.Fields(args)
	n := len(this.args)
	for i, word := range words {
		switch {
		case i < n && strings.HasSuffix(strings.TrimSuffix(word, "]"), "..."):
			return nil
		case i >= n && !strings.HasPrefix(word, "["):
			return misused("it needs %s", strings.TrimSuffix(word, "..."))
		}
	}
	if n > len(words) {
		return misused("unexpected argument %q", this.args[len(words)])
	}
	if !handsOn && len(this.rest) > 0 {
		return misused("unexpected argument %q", this.rest[0])
	}
	return nil
}

// restSynopsis ends the synopsis of a command that passes on what follows --.
const restSynopsis = " [-- FLAG...]"

// synopsis is the first line of the usage text.
func (c *command) synopsis() string {
	f, _ := c.flags()
	text := "annulus " + c.name
	if hasFlags(f) {
		text += " [flags]"
	}
	if c.args != "" {
		text += " " + c.args
	}
	return text
}

func hasFlags(f *flag.FlagSet) (has bool) {
	f.VisitAll(func(*flag.Flag) { has = true })
	return has
}

// usage is the command's usage text.
func (c *command) usage() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "usage: %s\n\n%s.\n", c.synopsis(), strings.ToUpper(c.summary[:1])+c.summary[1:])
	if c.about != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.Trim(c.about, "\n"))
	}
	if f, _ := c.flags(); hasFlags(f) {
		b.WriteString("\nFlags:\n\n")
		f.SetOutput(&b)
		f.PrintDefaults()
	}
	if c.json != "" {
		fmt.Fprintf(&b, "\nJSON, one object on a line:\n\n%s\n", indented(strings.Trim(c.json, "\n")))
	}
	if len(c.examples) > 0 {
		fmt.Fprintf(&b, "\nExamples:\n\n%s\n", indented(strings.Join(c.examples, "\n")))
	}
	return b.String()
}

func indented(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }
