// Annulus verifies the ring buffer of package buffer: it executes small
// concurrent programs on it under every interleaving that it can afford, and
// judges every history against the model. It also replays, explains and compares
// what failed, here and in tests that call schedules.Check.
//
// "annulus help" lists the commands; docs/command.md has them all.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"annulus/linearizability"
	"annulus/linearizability/scenario"
	"annulus/schedules/quote"
)

// commands are what annulus does, in the order in which people need it.
func commands() []command {
	return []command{
		verifyCommand, exploreCommand, replayCommand, traceCommand, minimiseCommand, diffCommand, checkCommand,
		listCommand, measureCommand, mergeCommand,
		helpCommand, completionCommand, versionCommand, completeCommand, workCommand,
	}
}

// scenarios returns what there is to verify. Tests add to it.
var scenarios = scenario.Suite

func main() {
	out := &checked{File: os.Stdout}
	os.Exit(out.status(run(os.Args[1:], os.Stdin, out, os.Stderr), os.Stderr))
}

// checked is a file that remembers the first error of writing to it.
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

// status returns the exit status of a command, given that without regard to its
// output; a full disk is not to be taken for a verdict.
func (c *checked) status(status int, stderr io.Writer) int {
	if c.err == nil {
		return status
	}
	fmt.Fprintf(stderr, "annulus: %v\n", c.err)
	return unusable
}

// run runs the command that args name, and returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
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
	return c.run(args[1:], stdin, stdout, stderr)
}

// find returns the command of a name.
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

// printJSON prints one object on a line.
func printJSON(out io.Writer, object any) {
	_ = json.NewEncoder(out).Encode(object) // see checked
}

// Flags that several commands have.

func jsonFlag(f *flag.FlagSet) *bool {
	return f.Bool("json", false, "print JSON for programs, one object on a line")
}

func dirFlag(f *flag.FlagSet) *string {
	return f.String("dir", linearizability.DefaultDir, "`directory` for schedules, traces and histories of failures")
}

func commandFlag(f *flag.FlagSet) *string {
	return f.String("command", linearizability.DefaultCommand, "what the `commands` that reproduce failures begin with")
}

// workCommand makes the process a worker of verify.
var workCommand = command{
	name:     "worker",
	summary:  "do the work of another annulus, for verify only",
	internal: true,
	declare: func(*flag.FlagSet) runner {
		return func(c *call) (int, error) {
			in, lines := io.Pipe()
			go func() {
				// The parent holds the other end of stdin open as long as it lives.
				_, _ = io.Copy(lines, c.in)
				os.Exit(passed)
			}()
			return passed, linearizability.Work(scenarios(), in, c.bareOut)
		}
	},
}
