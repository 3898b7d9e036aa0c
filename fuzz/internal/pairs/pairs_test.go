package pairs

import (
	"testing"

	"annulus/schedules/trace"

	"github.com/stretchr/testify/require"
)

// execution is a trace in which two tasks take the lock in turn and one loads a
// word meanwhile; lines are those of a file part.go.
func execution() *trace.Trace {
	t := &trace.Trace{
		Tasks:   []string{"main", "t1", "t2"},
		Objects: []trace.Object{{Name: "mu"}, {Name: "block 64"}, {Name: "other"}},
	}
	step := func(task, object int, op string, line int) {
		t.Places = append(t.Places, trace.Place{File: "annulus/buffer/part.go", Line: line})
		t.Events = append(t.Events, trace.Event{Kind: trace.Step, Task: task, Object: object, Op: op, Place: len(t.Places) - 1})
	}
	mark := func(kind trace.Kind, task int) {
		t.Events = append(t.Events, trace.Event{Kind: kind, Task: task, Object: trace.None, Place: trace.None})
	}
	mark(trace.Invocation, 1)
	mark(trace.Invocation, 2)
	step(1, 0, "Lock", 1)
	step(2, 1, "Load", 9) // while t1 holds the lock
	step(1, 0, "Unlock", 2)
	step(2, 0, "Lock", 10)
	step(2, 0, "Unlock", 11)
	step(1, 1, "Load", 3)
	mark(trace.Response, 1)
	mark(trace.Response, 2)
	step(0, 0, "Lock", 99) // main is alone
	return t
}

func TestCoverage(t *testing.T) {
	c := New()
	c.Add(execution())
	require.Equal(t, 1, c.Executions)
	require.Equal(t, []string{"part"}, c.Parts())
	gaps, steps := c.Count()
	require.Equal(t, 4, gaps)
	require.Equal(t, 6, steps)

	list, excluded, broken := c.Pairs()
	require.Nil(t, broken)
	require.Equal(t, 8, excluded, "two gaps under the lock, and the four steps under it")
	require.Len(t, list, 4*6-8)
	seen := map[string]int{}
	for _, p := range list {
		if p.Seen > 0 {
			seen[p.Gap.After.String()+" → "+p.Gap.Before.String()+": "+p.Step.String()] = p.Seen
		}
	}
	require.Equal(t, map[string]int{
		"part.go:1 mu.Lock → part.go:2 mu.Unlock: part.go:9 block.Load":    1,
		"part.go:2 mu.Unlock → part.go:3 block.Load: part.go:10 mu.Lock":   1,
		"part.go:2 mu.Unlock → part.go:3 block.Load: part.go:11 mu.Unlock": 1,
		"part.go:9 block.Load → part.go:10 mu.Lock: part.go:2 mu.Unlock":   1,
	}, seen)
}

// A step under the lock in a gap under the lock is reported: the lock is none.
func TestBrokenLock(t *testing.T) {
	c := New()
	locked := Gap{Step{"part", 1, "mu.Lock", true}, Step{"part", 2, "word.Load", true}}
	other := Step{"part", 9, "mu.Lock", true}
	c.gaps[locked], c.steps[other] = 1, 1
	c.seen[locked] = map[Step]int{other: 1}
	_, _, broken := c.Pairs()
	require.NotNil(t, broken)
	require.Equal(t, other, broken.Step)
}
