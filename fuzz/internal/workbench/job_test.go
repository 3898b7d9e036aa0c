package workbench

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// script returns a job that runs a shell script.
func script(t *testing.T, text string) Job {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	return Job{Binary: sh, Args: []string{"-c", text}}
}

func TestJobsEnd(t *testing.T) {
	var out, errs bytes.Buffer
	t.Setenv("VERIFY_TIME", "1h")
	j := script(t, `echo "$PWD$VERIFY_TIME$MORE"; echo wrong >&2; exit 7`)
	j.Dir, j.Env, j.Stdout, j.Stderr = t.TempDir(), []string{"MORE=!"}, &out, &errs
	o, err := j.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, 7, o.Status)
	require.False(t, o.Late)
	require.Equal(t, filepath.Base(j.Dir)+"!\n", filepath.Base(out.String()), "VERIFY_TIME is not handed on")
	require.Equal(t, "wrong\n", errs.String())

	_, err = Job{Binary: filepath.Join(t.TempDir(), "none")}.Run(t.Context())
	require.ErrorIs(t, err, os.ErrNotExist)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = script(t, "exit 0").Run(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

// A job that works for ever ends at its limit of processor time, one that waits for ever at
// its limit of wall time, together with the processes that it has started.
func TestJobsAreLimited(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for limits of seconds")
	}
	j := script(t, "while :; do :; done")
	j.CPU, j.Wall = time.Second, time.Hour
	o, err := j.Run(t.Context())
	require.NoError(t, err)
	require.NotZero(t, o.Status)
	require.False(t, o.Late)
	require.GreaterOrEqual(t, o.Used, time.Second/2)

	pid := filepath.Join(t.TempDir(), "pid")
	j = script(t, "sleep 1000 & echo $! > "+pid+"; wait")
	j.Wall = 2 * time.Second
	o, err = j.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, -1, o.Status)
	require.True(t, o.Late)
	child, err := os.ReadFile(pid)
	require.NoError(t, err)
	for script(t, "").alive(string(child)) { // never ends if the child is not killed
		runtime.Gosched()
	}
}

func (j Job) alive(pid string) bool {
	return exec.Command(j.Binary, "-c", "kill -0 "+pid).Run() == nil
}

// What the verifier prints is read, unless it could not do its work.
func TestAsk(t *testing.T) {
	type answer struct{ N int }
	all, o, err := Ask[answer](t.Context(), script(t, `echo '{"n": 1} {"n": 2}'; exit 1`))
	require.NoError(t, err)
	require.Equal(t, []answer{{1}, {2}}, all)
	require.Equal(t, Fails, o.Status)
	one, _, err := AskOne[answer](t.Context(), script(t, `echo '{"n": 3}'; exit 3`))
	require.NoError(t, err)
	require.Equal(t, answer{3}, one)
	for problem, text := range map[string]string{
		"could not do its work: exit status 2\nno such scenario": "echo no such scenario >&2; exit 2",
		"the verifier's output: 2 objects, not one":              `echo '{"n": 1} {"n": 2}'`,
		"the verifier's output: 0 objects, not one":              "exit 0",
		"the verifier's output: invalid character":               "echo well",
		"could not do its work: exit status -1":                  "kill -9 $$",
	} {
		_, _, err := AskOne[answer](t.Context(), script(t, text))
		require.ErrorContains(t, err, problem, text)
	}
	slow := script(t, "sleep 1000")
	slow.Wall = time.Millisecond
	_, _, err = Ask[answer](t.Context(), slow)
	require.ErrorContains(t, err, "could not do its work: killed after 1ms")
}

func TestGoQuotesWhatItSays(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the go command")
	}
	err := Go(t.Context(), nil, "vet", "./none")
	require.ErrorContains(t, err, "go vet ./none: exit status 1\n")
	require.Greater(t, strings.Count(err.Error(), "\n"), 1)
}
