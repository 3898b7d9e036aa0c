package workbench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// Job is one run of a program, and its limits.
type Job struct {
	Binary string
	Args   []string
	Dir    string   // in which it runs, "" for the current one
	Env    []string // further environment variables
	// CPU bounds the processor time of each of the job's processes, in whole seconds, and
	// Wall the time on the clock; 0 is no bound. A job with a bound on CPU may also use only
	// 8 GB of address space in each process. These bounds need a shell with ulimit.
	CPU, Wall      time.Duration
	Stdout, Stderr io.Writer // as in [exec.Cmd]; nil discards
}

// Outcome is how a job has ended.
type Outcome struct {
	Status int           // exit status, -1 if the program was killed
	Late   bool          // it was killed because Wall was over
	Used   time.Duration // processor time, without that of processes that it did not wait for
	Took   time.Duration // time on the clock
}

// Run runs the job. The error is that of ctx if that is done, or says that the program could
// not be started; a program that fails is no error. The program and the processes that it
// starts are killed when ctx is done or Wall is over.
func (j Job) Run(ctx context.Context) (Outcome, error) {
	limited := ctx
	if j.Wall > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, j.Wall)
		defer cancel()
	}
	cmd := exec.CommandContext(limited, j.Binary, j.Args...)
	if j.CPU > 0 {
		limits := fmt.Sprintf(`ulimit -v 8000000; ulimit -t %.0f; exec "$0" "$@"`, j.CPU.Seconds())
		cmd = exec.CommandContext(limited, "sh", append([]string{"-c", limits, j.Binary}, j.Args...)...)
	}
	cmd.Dir, cmd.Stdout, cmd.Stderr = j.Dir, j.Stdout, j.Stderr
	// These variables set defaults of the verifier, and were not set for this run.
	cmd.Env = append(append(os.Environ(), "RUN=", "VERIFY_TIME=", "VERIFY_SEED="), j.Env...)
	cmd.WaitDelay = time.Second
	killTogether(cmd)
	begun := time.Now()
	err := cmd.Run()
	switch {
	case err != nil && ctx.Err() != nil:
		return Outcome{}, ctx.Err()
	case cmd.ProcessState == nil:
		return Outcome{}, err
	}
	return Outcome{
		Status: cmd.ProcessState.ExitCode(),
		Late:   err != nil && limited.Err() != nil,
		Used:   cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		Took:   time.Since(begun),
	}, nil
}

// Exit statuses of the verifier when it could do its work.
const (
	Passes   = 0
	Fails    = 1
	Diverges = 3 // the program did not follow the schedule that was to be replayed
)

// Ask runs a job of the verifier, and returns the JSON objects that it has printed, and how
// it has ended: with one of the exit statuses above. The error says why the verifier could
// not do its work, or that its output is not such objects.
func Ask[T any](ctx context.Context, j Job) (answers []T, o Outcome, err error) {
	var stdout, stderr bytes.Buffer
	j.Stdout, j.Stderr = &stdout, &stderr
	o, err = j.Run(ctx)
	switch {
	case err != nil:
	case o.Late:
		err = fmt.Errorf("killed after %v", j.Wall)
	case o.Status != Passes && o.Status != Fails && o.Status != Diverges:
		err = fmt.Errorf("exit status %d", o.Status)
	}
	if err != nil {
		return nil, o, fmt.Errorf("the verifier could not do its work: %w\n%s", err, &stderr)
	}
	for objects := json.NewDecoder(&stdout); objects.More(); {
		var one T
		if err := objects.Decode(&one); err != nil {
			return nil, o, fmt.Errorf("the verifier's output: %w", err)
		}
		answers = append(answers, one)
	}
	return answers, o, nil
}

// AskOne is [Ask] for a job that prints exactly one object.
func AskOne[T any](ctx context.Context, j Job) (answer T, o Outcome, err error) {
	answers, o, err := Ask[T](ctx, j)
	if err == nil && len(answers) != 1 {
		err = fmt.Errorf("the verifier's output: %d objects, not one", len(answers))
	}
	if err != nil {
		return answer, o, err
	}
	return answers[0], o, nil
}
