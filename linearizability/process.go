package linearizability

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"time"
)

// process is a worker in a process of its own.
type process struct {
	cmd     *exec.Cmd
	in      *json.Encoder
	replies chan reply
	broken  error // why replies was closed
	grace   time.Duration
	ended   chan struct{} // closed by stop
	gone    chan struct{} // closed when nothing is left of the process
	once    sync.Once
}

// hangTime is how much longer than its time a job may take: for the last
// execution, the simplification of a failing one, and the files about it. If a
// worker needs more, its program computes for ever between two yield points.
const hangTime = 30 * time.Second

// startProcess starts a worker process. The command's Stdin and Stdout must not be set.
func startProcess(cmd *exec.Cmd) (*process, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{
		cmd: cmd, in: json.NewEncoder(in), grace: hangTime,
		replies: make(chan reply),
		ended:   make(chan struct{}), gone: make(chan struct{}),
	}
	go p.read(json.NewDecoder(out))
	return p, nil
}

// read passes on the replies until the process ends.
func (p *process) read(decoder *json.Decoder) {
	defer func() {
		close(p.replies)
		_ = p.cmd.Wait() // it was killed, or its reply is missing
		close(p.gone)
	}()
	for {
		var r reply
		if p.broken = decoder.Decode(&r); p.broken != nil {
			return
		}
		select {
		case p.replies <- r:
		case <-p.ended:
		}
	}
}

func (p *process) do(_ context.Context, j job, progress func(Result)) (Result, error) {
	if err := p.in.Encode(j); err != nil {
		return Result{}, fmt.Errorf("linearizability: a worker has ended: %w", err)
	}
	last := Result{Scenario: j.Scenario}
	hangs := time.After(j.Time + p.grace)
	for {
		select {
		case <-hangs:
			p.stop()
			return last.hanging(), nil
		case r, ok := <-p.replies:
			switch {
			case !ok:
				return last, fmt.Errorf("linearizability: the worker has ended during scenario %s: %w", j.Scenario, p.broken)
			case r.Error != "":
				return r.Result, errors.New(r.Error)
			case r.Done:
				return r.Result, nil
			}
			if last = r.Result; progress != nil {
				progress(last)
			}
		}
	}
}

// hang is the class of a failure that the scheduler in the process cannot notice.
const hang = "hang"

// hanging returns the result for a program that has not come to its next yield
// point.
func (r Result) hanging() Result {
	r.Verdict, r.Exhausted, r.Bound = Failed, false, -1
	r.Failure = &Failure{
		Class:              hang,
		Message:            "an operation does not come to its end, nor to its next yield point; there is no trace of it",
		SchedulesToFailure: r.Schedules,
	}
	return r
}

// stop kills the process, which has nothing to save.
func (p *process) stop() {
	p.once.Do(func() {
		close(p.ended)
		_ = p.cmd.Process.Kill()
	})
}

func (p *process) wait() { <-p.gone }
