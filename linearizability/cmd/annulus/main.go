// Annulus verifies the ring buffer of package buffer: it executes small
// concurrent programs on it under every interleaving that it can afford, and
// judges every history against the model. It also replays and explains what failed,
// here and in tests that call schedules.Check.
//
// "annulus help" lists the commands; docs/command.md describes them.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"annulus/schedules/quote"
)

// commands returns all commands, in the order in which help lists them.
func commands() []command {
	return []command{
		testCommand, verifyCommand, exploreCommand, replayCommand, traceCommand, minimiseCommand, checkCommand,
		listCommand, measureCommand, mergeCommand,
		helpCommand, versionCommand, workCommand,
	}
}

// main runs the command. The first interrupt, as by Ctrl-C, has it end with what is known
// so far; the second one kills it.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	out := &checked{File: os.Stdout}
	os.Exit(out.status(run(ctx, os.Args[1:], os.Stdin, out, os.Stderr), os.Stderr))
}

// checked is a writer to a file that remembers its first error.
type checked struct {
	*os.File
	err error
}

// Write writes to the file.
func (c *checked) Write(p []byte) (int, error) {
	n, err := c.File.Write(p)
	if c.err == nil {
		c.err = err
	}
	return n, err
}

// status returns the exit status of a command from the status that it has returned: if its
// output could not be written, as on a full disk, that is unusable.
func (c *checked) status(status int, stderr io.Writer) int {
	if c.err == nil {
		return status
	}
	fmt.Fprintf(stderr, "annulus: %v\n", c.err)
	return unusable
}

// run runs the command that args name, and returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage())
		return unusable
	}
	switch args[0] {
	case "-h", "-help", "--help":
		args[0] = helpCommand.name
	}
	c, err := find(args[0])
	if err != nil {
		fmt.Fprintf(quote.Writer(stderr), "annulus: %v\n\"annulus help\" lists them\n", err)
		return unusable
	}
	return c.run(ctx, args[1:], stdin, stdout, stderr)
}

// find returns the command of that name.
func find(name string) (*command, error) {
	var names []string
	for _, c := range commands() {
		if c.name == name {
			return &c, nil
		}
		if !c.internal {
			names = append(names, c.name)
		}
	}
	return nil, fmt.Errorf("there is no command %q%s", name, didYouMean("", name, names))
}
