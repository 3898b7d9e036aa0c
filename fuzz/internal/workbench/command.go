package workbench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

// Command is one command of the laboratory.
type Command struct {
	Name    string
	Summary string // one line
	// Declare declares the flags, and returns what is to run once they are set.
	Declare func(f *Flags) Action
}

// Action does the work of a command and prints the result. It reports whether everything is
// as it should be; an error says why that is not known. When ctx is done it prints what is
// known so far and returns soon.
type Action func(ctx context.Context, out io.Writer) (all bool, err error)

// Exit statuses of every command.
const (
	AllRight = 0 // everything is as it should be
	NotAll   = 1 // something is not, or the command was stopped before the end
	Unusable = 2 // it could not do its work: a wrong flag, a program that does not build, a full disk
)

// Main runs the command that the program's first argument names, and exits with its status.
// Ctrl-C has it end with what is known so far; a second one kills it.
func Main(program string, commands []Command) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	os.Exit(Run(ctx, program, commands, os.Args[1:], os.Stdout, os.Stderr))
}

// Run is [Main] for the given arguments and streams. It returns the exit status.
func Run(ctx context.Context, program string, commands []Command, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		for _, c := range commands {
			if c.Name == args[0] {
				return c.Run(ctx, args[1:], stdout, stderr)
			}
		}
	}
	status, out := Unusable, stderr
	switch {
	case len(args) == 0:
	case args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help":
		status, out = AllRight, stdout
	default:
		fmt.Fprintf(stderr, "%s: there is no command %q\n", program, args[0])
	}
	fmt.Fprintf(out, "usage: %s COMMAND [FLAG...]\n\n", program)
	for _, c := range commands {
		fmt.Fprintf(out, "  %-10s  %s\n", c.Name, c.Summary)
	}
	fmt.Fprintf(out, "\n%s COMMAND -h lists the flags. Exit statuses: %d all is right, %d something is not, or the\n"+
		"command was stopped before the end, %d it could not do its work.\n", program, AllRight, NotAll, Unusable)
	return status
}

// Run runs the command and returns its exit status: Unusable also if its output could not
// be written, so that a full disk is not taken for a verdict.
func (c Command) Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f := &Flags{FlagSet: flag.NewFlagSet(c.Name, flag.ContinueOnError)}
	f.SetOutput(stderr)
	act := c.Declare(f)
	err := f.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return AllRight
	}
	out := &checked{Writer: stdout}
	all := false
	if err == nil {
		if f.slice > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, f.slice)
			defer cancel()
		}
		if all, err = act(ctx, out); ctx.Err() != nil {
			fmt.Fprintln(out, "stopped before the end; run the command again")
			all, err = false, nil
		}
	}
	if err = errors.Join(err, out.err); err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", c.Name, err)
		return Unusable
	}
	if !all {
		return NotAll
	}
	return AllRight
}

// checked is a writer that remembers its first error.
type checked struct {
	io.Writer
	err error
}

// Write implements [io.Writer].
func (c *checked) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	if c.err == nil {
		c.err = err
	}
	return n, err
}
