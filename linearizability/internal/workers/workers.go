// Package workers joins package linearizability and the command annulus where a
// verification is shared out among processes: neither side is for anybody else.
package workers

import (
	"context"
	"io"
	"os/exec"

	"annulus/linearizability/scenario"
)

// Serve does the jobs that a parent process sends on in, and answers on out, until in
// ends, which it does at the latest when the parent dies. Package linearizability sets
// it.
var Serve func(suite []scenario.Program, in io.Reader, out io.Writer) error

// Pool says how to make worker processes.
type Pool struct {
	Processes int // how many
	// Spawn makes one: a command that calls Serve on its standard streams.
	Spawn func() (*exec.Cmd, error)
}

type key struct{}

// WithPool returns a context with which linearizability.Verify has the pool do its work.
func WithPool(ctx context.Context, p Pool) context.Context {
	return context.WithValue(ctx, key{}, p)
}

// PoolOf returns the pool of a context, and whether it has one.
func PoolOf(ctx context.Context) (Pool, bool) {
	p, ok := ctx.Value(key{}).(Pool)
	return p, ok
}
