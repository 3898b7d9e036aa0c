package workbench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// trial is a command whose flags say what it does.
func trial(act Action) Command {
	return Command{Name: "trial", Summary: "try", Declare: func(f *Flags) Action {
		f.Pattern("things whose names")
		f.Page()
		f.Slice()
		f.Int("procs", 1, "")
		f.Int64("limit", 1, "")
		f.Duration("time", time.Second, "")
		return act
	}}
}

// The exit status is right also when the command is stopped, and when its output could not
// be written.
func TestExitStatuses(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	broken := errors.New("broken")
	for _, c := range []struct {
		ctx    context.Context
		args   []string
		all    bool
		err    error
		status int
		stderr string
	}{
		{t.Context(), nil, true, nil, AllRight, ""},
		{t.Context(), nil, false, nil, NotAll, ""},
		{t.Context(), nil, true, broken, Unusable, "trial: broken\n"},
		{cancelled, nil, true, broken, NotAll, ""},
		{t.Context(), []string{"-slice", "1ns"}, true, nil, NotAll, ""},
	} {
		var out, errs bytes.Buffer
		act := func(ctx context.Context, out io.Writer) (bool, error) {
			if len(c.args) > 0 {
				<-ctx.Done()
			}
			fmt.Fprint(out, "known\n")
			return c.all, c.err
		}
		require.Equal(t, c.status, trial(act).Run(c.ctx, c.args, &out, &errs))
		require.Equal(t, c.stderr, errs.String())
		text := "known\n"
		if c.ctx.Err() != nil || len(c.args) > 0 {
			text += "stopped before the end; run the command again\n"
		}
		require.Equal(t, text, out.String())
		if c.err == nil {
			errs.Reset()
			require.Equal(t, Unusable, trial(act).Run(c.ctx, c.args, fullDisk{}, &errs), "nobody can read it")
			require.Equal(t, "trial: no space left\n", errs.String())
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestFlagsAreChecked(t *testing.T) {
	act := func(context.Context, io.Writer) (bool, error) { return true, nil }
	for problem, args := range map[string][]string{
		"-run":                                       {"-run", "("},
		`unexpected argument "x"`:                    {"x"},
		"-nonsense":                                  {"-nonsense"},
		"-procs must be positive":                    {"-procs", "0"},
		"-limit must be positive":                    {"-limit", "-1"},
		"-time must be positive":                     {"-time", "0s"},
		"-slice must not be negative":                {"-slice", "-1s"},
		"-into needs all of them, not those of -run": {"-into", "x", "-run", "y"},
	} {
		var out, errs bytes.Buffer
		require.Equal(t, Unusable, trial(act).Run(t.Context(), args, &out, &errs), args)
		require.Contains(t, errs.String(), problem)
		require.Empty(t, out.String())
	}
	var out, errs bytes.Buffer
	require.Equal(t, AllRight, trial(act).Run(t.Context(), []string{"-slice", "0", "-into", "x", "-run", ""}, &out, &errs), errs.String())
	require.Equal(t, AllRight, trial(act).Run(t.Context(), []string{"-h"}, &out, &errs))
	require.Contains(t, errs.String(), "only the things whose names match this regexp")
}

func TestCommandsAreChosenByName(t *testing.T) {
	list := []Command{trial(func(context.Context, io.Writer) (bool, error) { return false, nil })}
	for _, c := range []struct {
		args        []string
		status      int
		out, stderr string
	}{
		{[]string{"trial", "-procs", "2"}, NotAll, "", ""},
		{[]string{"help"}, AllRight, "usage: lab COMMAND [FLAG...]\n\n  trial       try\n", ""},
		{[]string{"-h"}, AllRight, "usage: lab ", ""},
		{nil, Unusable, "", "usage: lab "},
		{[]string{"trail"}, Unusable, "", "lab: there is no command \"trail\"\nusage: lab "},
	} {
		var out, errs bytes.Buffer
		require.Equal(t, c.status, Run(t.Context(), "lab", list, c.args, &out, &errs), c.args)
		require.Contains(t, out.String(), c.out)
		require.Contains(t, errs.String(), c.stderr)
		require.True(t, out.Len() == 0 || errs.Len() == 0)
	}
}
