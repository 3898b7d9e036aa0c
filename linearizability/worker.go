package linearizability

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"annulus/linearizability/internal/workers"
	"annulus/linearizability/scenario"
)

// worker does jobs, one at a time. It remembers the judged histories and the result of a
// scenario for further jobs about it.
type worker interface {
	do(ctx context.Context, j job, progress func(Result)) (Result, error)
	stop() // may be called at any time, also during a call of do
	wait() // waits until the worker has ended, after stop
}

// local is the worker that is this process.
type local struct {
	suite        []scenario.Program
	explorations map[string]*exploration
}

func newLocal(suite []scenario.Program) *local {
	return &local{suite: suite, explorations: map[string]*exploration{}}
}

func (l *local) do(ctx context.Context, j job, progress func(Result)) (Result, error) {
	x := l.explorations[j.Scenario]
	if x == nil {
		at := slices.IndexFunc(l.suite, func(p scenario.Program) bool { return p.Name == j.Scenario })
		if at < 0 {
			return Result{}, fmt.Errorf("linearizability: there is no scenario %q", j.Scenario)
		}
		var err error
		if x, err = newExploration(&l.suite[at]); err != nil {
			return Result{}, err
		}
		l.explorations[j.Scenario] = x
	}
	var err error
	if j.Sample {
		err = x.sample(ctx, j, progress)
	} else {
		err = x.search(ctx, j, progress)
	}
	return x.result, err
}

func (l *local) stop() {}

func (l *local) wait() {}

func init() { workers.Serve = serve }

// serve does the jobs that a parent process writes to in, and writes replies to out, until
// in ends: see package workers.
func serve(suite []scenario.Program, in io.Reader, out io.Writer) error {
	l := newLocal(suite)
	decoder, encoder := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var j job
		if err := decoder.Decode(&j); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		r := reply{Done: true}
		var err error
		r.Result, err = l.do(context.Background(), j, func(now Result) { _ = encoder.Encode(reply{Result: now}) })
		if err != nil {
			r.Error = err.Error()
		}
		if err := encoder.Encode(r); err != nil {
			return err
		}
	}
}
