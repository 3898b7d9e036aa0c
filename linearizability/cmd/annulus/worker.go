package main

import (
	"flag"
	"io"
	"os"
	"os/exec"
	"os/signal"

	"annulus/linearizability/internal/workers"
)

// workCommand makes the process a worker of verify. It ignores interrupts: the parent acts
// on them, and ends the worker.
var workCommand = command{
	name:     "worker",
	summary:  "do the work of another annulus, for verify only",
	internal: true,
	declare: func(*flag.FlagSet) runner {
		return func(c *call) (int, error) {
			signal.Ignore(os.Interrupt)
			in, lines := io.Pipe()
			go func() {
				// The parent holds the other end of stdin open as long as it lives.
				_, _ = io.Copy(lines, c.in)
				os.Exit(passed)
			}()
			return passed, workers.Serve(scenarios(), in, c.bareOut)
		}
	},
}

// spawn makes a worker process.
func spawn() (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, workCommand.name)
	cmd.Stderr = os.Stderr
	// Executions are sequential; the second processor is for the garbage collector.
	cmd.Env = append(os.Environ(), "GOMAXPROCS=2", "GOGC=400")
	return cmd, nil
}
