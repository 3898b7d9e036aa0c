// Annulus verifies the ring buffer of package buffer: it executes small
// concurrent programs on it under every interleaving that it can afford, and
// judges every history against the model.
package main

import (
	"fmt"
	"io"
	"os"

	"annulus/linearizability"
)

const usage = `usage: annulus <command> [flags]

  verify [flags]   explore the scenarios and judge every execution
  replay FILE      run one scenario under a saved schedule, and show it
  shrink FILE      make the program of a saved schedule smaller, and show it
  measure [flags]  how soon single strategies find what a scenario fails with
  merge FILE...    put the reports of shards together
  list             print the scenarios

Examples:

  annulus verify                            all scenarios, two minutes
  annulus verify -run evict -time 10s       those whose names match
  annulus verify -shard 1/4 -report 1.json  a quarter, for another machine
  annulus merge *.json                      all quarters together
  annulus replay .annulus/free-evict/schedule.txt

"annulus verify -h", "annulus shrink -h" and "annulus measure -h" list the flags. Exit status: 0 all passed, 1 something
failed, 2 it could not be run, 3 a replay did not follow its schedule.
`

// Exit statuses.
const (
	passed   = 0
	failed   = 1
	unusable = 2
	diverged = 3
)

// scenarios returns what there is to verify. Tests add to it.
var scenarios = linearizability.Suite

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

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return unusable
	}
	switch command, args := args[0], args[1:]; command {
	case "verify":
		return verify(args, stdout, stderr)
	case "replay":
		return replay(args, stdout, stderr)
	case "shrink":
		return shrink(args, stdout, stderr)
	case "measure":
		return measure(args, stdout, stderr)
	case "merge":
		return merge(args, stdout, stderr)
	case "list":
		return list(stdout)
	case workerCommand:
		return work(stdin, stdout, stderr)
	case "help", "-h", "-help", "--help":
		fmt.Fprint(stdout, usage)
		return passed
	default:
		fmt.Fprintf(stderr, "annulus: there is no command %q\n\n%s", command, usage)
		return unusable
	}
}

// workerCommand makes the process a worker of a verify. It is for verify only.
const workerCommand = "worker"

func work(stdin io.Reader, stdout, stderr io.Writer) int {
	in, lines := io.Pipe()
	go func() {
		// The parent holds the other end of stdin open as long as it lives.
		_, _ = io.Copy(lines, stdin)
		os.Exit(passed)
	}()
	if err := linearizability.Work(scenarios(), in, stdout); err != nil {
		fmt.Fprintln(stderr, err)
		return unusable
	}
	return passed
}

func list(stdout io.Writer) int {
	for _, p := range scenarios() {
		fmt.Fprintf(stdout, "%v\n", p)
	}
	return passed
}

func replay(args []string, stdout, stderr io.Writer) int {
	if len(args) != 1 {
		fmt.Fprint(stderr, "usage: annulus replay FILE\n")
		return unusable
	}
	r, err := linearizability.Replay(scenarios(), args[0], "")
	if err != nil {
		fmt.Fprintln(stderr, err)
		return unusable
	}
	fmt.Fprint(stdout, r.Text)
	switch {
	case r.Diverged():
		fmt.Fprintf(stdout, "\nDIVERGED: %s does not follow the schedule any more\n", r.Program.Name)
		return diverged
	case r.Failure != nil:
		fmt.Fprintf(stdout, "\nFAIL: %s\n", r.Program.Name)
		return failed
	}
	fmt.Fprintf(stdout, "\nPASS: %s passes under this schedule now\n", r.Program.Name)
	return passed
}
