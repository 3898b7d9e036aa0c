package trace

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The likeliest window, as the numbers of the events of its three parts.
func TestWindows(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		want  []int // nil if there is none
		text  string
	}{
		"a lost update": {
			[]string{"a Load n 0", "*b Load n 0", "b Store n 0 1", "a Store n 1 1"},
			[]int{0, 2, 3}, "a reads n: 0\nb makes that false: Store n: 0 → 1\na overwrites that, unseen: Store n: 1 as before",
		},
		"checked, then added to": {
			[]string{"a Load n 0", "*b RMW n 0 1", "a RMW n 1 2", "b Load x 0"},
			[]int{0, 1, 2}, "a reads n: 0\nb makes that false: Add n: 0 → 1\na acts all the same: Add n: 1 → 2",
		},
		"checked, then acted on another object": {
			[]string{"a invoke f", "a Load open yes", "*b Store open yes no", "a Store log 0 1", "a return"},
			[]int{1, 2, 3}, "a reads open: yes\nb makes that false: Store open: yes → no\na relies on it: Store log: 0 → 1",
		},
		"answered by what was read": {
			[]string{"a invoke f", "a Load open yes", "*b Store open yes no", "a return open"},
			[]int{1, 2, 3}, "a reads open: yes\nb makes that false: Store open: yes → no\na answers by what it read: = open",
		},
		"changed and changed back": {
			[]string{"a Load top 1", "*b CAS top 1 2", "b CAS top 2 1", "a CAS top 1 3"},
			[]int{0, 1, 3}, "a reads top: 1\nb changes it: CAS top: 1 → 2\na finds the same value again and takes it for untouched: CAS top: 1 → 3",
		},
		"a lock let go in the middle": {
			[]string{"a invoke f", "state n 0", "a Lock m", "a Unlock m", "*b Lock m", "state n 1", "b Unlock m", "a Lock m", "a Unlock m", "a return"},
			[]int{2, 3, 5}, "a lets go of m in the middle of its operation\nb changes what it guards: n: 0 → 1\na takes it again and goes on with what it decided before: Lock m",
		},
		"changed without the lock": {
			[]string{"a Lock m", "state n 0", "*b Load x 0", "state n 1", "a Load y 0", "a Unlock m"},
			[]int{0, 1, 2}, "a takes m\nb does not hold it, and changes something: n: 0 → 1\na goes on: Load y: 0",
		},
		"after the failure": {
			lines: []string{"a Load n 0", "*b Store n 0 1", "b log wrong", "a Store n 1 1"},
		},
		"read again": {
			lines: []string{"a Load n 0", "*b Store n 0 1", "a Load n 1", "a Store n 1 2"},
		},
		"a CompareAndSwap that notices": {
			lines: []string{"a Load n 0", "*b Store n 0 1", "a CAS! n 1 0 1", "a Store x 0 1"},
		},
		"in another operation": {
			lines: []string{"a invoke f", "a Load n 0", "a return", "b Store n 0 1", "a invoke g", "a Store x 0 1", "a return"},
		},
		"nobody comes between": {
			lines: []string{"a Load n 0", "a Store n 0 1", "b Load n 1", "b Store n 1 2"},
		},
		"changed with the lock": {
			lines: []string{"a Lock m", "state n 0", "a Unlock m", "b Lock m", "state n 1", "b Unlock m"},
		},
	} {
		tr := script(c.lines...)
		tr.Failure = &Failure{Class: "property", Message: "wrong"}
		windows := tr.Windows()
		if c.want == nil {
			assert.Empty(t, windows, name)
			continue
		}
		require.NotEmpty(t, windows, name)
		w := windows[0]
		assert.Equal(t, c.want, []int{w.Read, w.Change, w.Rely}, name)
		assert.Equal(t, c.text, w.Text, name)
	}
}

// What overwrites the value comes before what acts on it elsewhere, and that before an
// answer.
func TestWindowsAreRanked(t *testing.T) {
	tr := script("a invoke f", "a Load n 0", "a Load m 0", "*b Store n 0 1", "b Store m 0 1", "a Store n 1 2", "a Store x 0 1", "a return")
	var relies []int
	for _, w := range tr.Windows() {
		relies = append(relies, w.Rely)
	}
	assert.Equal(t, []int{5, 5}, relies, "both reads are relied on by the first store, and the overwritten one comes first")
	assert.Equal(t, 1, tr.Windows()[0].Read)
}

// What comes after the operation that fits nowhere has returned is no reason for it.
func TestWindowsEndWithTheMisfit(t *testing.T) {
	tr := script("a invoke f", "a Load n 0", "*b Store n 0 1", "b invoke g", "b return no", "a Store n 1 1", "a return")
	require.NotEmpty(t, tr.Windows())
	tr.History = &History{Operations: []Operation{{Task: 2, Text: "b's g", Call: 4, Return: 4}}, Unplaced: 0}
	assert.Empty(t, tr.Windows())
}

// An interruption shows what others did meanwhile that the task meets, and what it held.
func TestInterruptions(t *testing.T) {
	tr := script("a RMW n 2 1", "*b RMW n 1 0", "b Load n 0", "b Store freed 0 1", "a Load n 0", "a CAS! freed 1 0 1")
	tr.Failure = &Failure{Class: "panic", Message: "freed twice", Task: "a"}
	windows := tr.Interruptions()
	require.Len(t, windows, 1)
	w := windows[0]
	assert.Equal(t, []int{0, 1, 4}, []int{w.Read, w.Change, w.Rely})
	assert.Equal(t, "a is interrupted after Add n: 2 → 1\nb comes between: Add n: 1 → 0\na meets that: Load n: 0", w.Text)

	tr = script("a Lock m", "state n 0", "a Unlock m", "a Load x 0", "*b Load y 0", "state n 1", "a Load z 0")
	tr.Failure = &Failure{Class: "property", Message: "wrong"}
	tr.Objects[0].Type = "mutex"
	windows = tr.Interruptions()
	require.Len(t, windows, 1)
	assert.Equal(t, "a is interrupted, holding no lock, after Load x: 0\nb comes between: n: 0 → 1\na goes on: Load z: 0", windows[0].Text)
}

// Where nothing was read and made false, it is shown what was read last and who wrote it.
func TestLastWritten(t *testing.T) {
	tr := script("a Store n 0 1", "main Load n 1", "main log wrong")
	tr.Failure = &Failure{Class: "property", Message: "wrong", Task: "main"}
	w := tr.Likeliest()
	require.NotNil(t, w)
	assert.Equal(t, []int{0, 1}, w.Points)
	assert.Equal(t, lastTitle, w.Title)
	assert.Equal(t, "a writes: Store n: 0 → 1\nmain reads n: 1", w.Text)
}

// A task that waits for a lock whose holder waits for something else; one that goes round
// under a lock; and a counter.
func TestWhoIsWaitedFor(t *testing.T) {
	waits := func(tr *Trace, task int, op string, object int, text string) {
		tr.Events = append(tr.Events, Event{Kind: Pending, Task: task, Op: op, Object: object, Parent: None, Place: 0, Text: text, Step: tr.Events[len(tr.Events)-1].Step})
	}
	tr := script("a Lock m", "a Wait c", "b Load n 0")
	tr.Objects[0].Type, tr.Objects[1].Type = "mutex", "cond"
	waits(tr, 1, "Wait", 1, "")
	waits(tr, 2, "Lock", 0, "which a has held since step 1")
	tr.Failure = &Failure{Class: "deadlock", Message: "no task can go on"}
	w := tr.Likeliest()
	require.NotNil(t, w)
	assert.Equal(t, "a goes to sleep on c\na waits to be woken, and nobody is left to do it", w.Text)
	tr.Failure.Class = "livelock"
	tr.Events[3] = Event{Kind: Pending, Task: 1, Op: "Gosched", Object: None, Parent: None, Place: 0, Text: "looks at nothing that could change", Step: 3}
	w = tr.Likeliest()
	require.NotNil(t, w)
	assert.Equal(t, "a takes m\na waits at Gosched, looks at nothing that could change\nb wants m, which a has", w.Text)
	assert.Contains(t, tr.Text(Style{}), "waits at Lock m")

	tr = script("a Load n 0", "state n 0")
	tr.Failure = &Failure{Class: "livelock", Message: "nothing changed"}
	waits(tr, 0, "wait for all", None, "")
	waits(tr, 1, "Gosched", None, "")
	assert.Regexp(t, `waits for all +file.go:7\n +waits at Gosched +file.go:7\n +✗ livelock: nothing changed\n +\. state: n 0\n`, tr.Text(Style{}), "the state comes behind")

	tr = script("main RMW wg 0 2", "a RMW wg 2 1")
	tr.Objects[0].Type = "waitgroup"
	waits(tr, 0, "Wait", 0, "")
	tr.Failure = &Failure{Class: "deadlock", Message: "no task can go on"}
	w = tr.Likeliest()
	require.NotNil(t, w)
	assert.Equal(t, "main: Add wg: 0 → 2\na: Add wg: 2 → 1\nmain waits for the counter to become 0", w.Text)
}

// Nobody decides by what a WaitGroup counts.
func TestCountersOfWaitGroupsAreNotStale(t *testing.T) {
	for typ, stale := range map[string]bool{"int64": true, "waitgroup": false} {
		tr := script("main RMW wg 1 2", "a RMW wg 2 1", "main RMW wg 1 0", "main log wrong")
		tr.Objects[0].Type = typ
		tr.Failure = &Failure{Class: "property", Message: "wrong", Task: "main"}
		w := tr.Likeliest()
		require.NotNil(t, w)
		assert.Equal(t, stale, strings.Contains(w.Text, "makes that false"), typ+": "+w.Text)
	}
}
