package trace_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules/trace"
	"annulus/schedules/trace/internal/samples"
)

// chromeEvent is an entry as the description of the format has it.
type chromeEvent struct {
	Name *string
	Ph   string
	Ts   *float64
	Dur  *float64
	Pid  *int
	Tid  *int
	ID   string
	S    string
	Args map[string]any
}

func exported(t *testing.T, tr *trace.Trace) []chromeEvent {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, trace.Perfetto(&b, tr))
	var file struct{ TraceEvents []chromeEvent }
	require.NoError(t, json.Unmarshal(b.Bytes(), &file))
	return file.TraceEvents
}

// wrong says what is wrong with the events of an export, "" if nothing is.
func wrong(events []chromeEvent) string {
	named, open := map[[2]int]bool{}, map[[2]int][]float64{} // ends of the slices around, by thread
	begun, flows := map[string]int{}, map[string]string{}
	last := -1.0
	for _, e := range events {
		if e.Name == nil || e.Ts == nil || e.Pid == nil || e.Tid == nil {
			return "a required field is missing"
		}
		thread := [2]int{*e.Pid, *e.Tid}
		if e.Ph == "M" {
			if last >= 0 {
				return "a name comes late"
			}
			named[thread] = true
			continue
		}
		if *e.Ts < last {
			return "the events are not sorted"
		}
		last = *e.Ts
		if !named[thread] {
			return "a thread has no name"
		}
		switch e.Ph {
		case "X":
			if e.Dur == nil || *e.Dur <= 0 {
				return "a slice has no duration"
			}
			ends := open[thread]
			for len(ends) > 0 && ends[len(ends)-1] <= *e.Ts {
				ends = ends[:len(ends)-1]
			}
			if len(ends) > 0 && *e.Ts+*e.Dur > ends[len(ends)-1] {
				return "slices overlap"
			}
			open[thread] = append(ends, *e.Ts+*e.Dur)
		case "i":
			if e.S == "" {
				return "an instant has no scope"
			}
		case "C":
			if len(e.Args) == 0 {
				return "a counter has no value"
			}
		case "b":
			begun[e.ID]++
		case "e":
			begun[e.ID]--
		case "s", "t", "f":
			flows[e.ID] += e.Ph
		default:
			return "unknown phase " + e.Ph
		}
	}
	for id, n := range begun {
		if n != 0 {
			return id + " is not balanced"
		}
	}
	for id, phases := range flows {
		if !regexp.MustCompile("^st*f$").MatchString(phases) {
			return "the flow " + id + " is " + phases
		}
	}
	return ""
}

func TestPerfettoIsWellFormed(t *testing.T) {
	for name, tr := range map[string]*trace.Trace{
		"ring": samples.Ring(), "laps": samples.Laps(), "lost update": samples.LostUpdate(), "deadlock": samples.Deadlock(),
		"hostile": samples.Hostile(), "long": samples.Long(1000), "empty": {},
	} {
		assert.Empty(t, wrong(exported(t, tr)), name)
	}
}

// A check that nothing can fail is none: each of these breaks an export.
func TestWrongExportsAreNoticed(t *testing.T) {
	find := func(events []chromeEvent, ph string) int {
		for i, e := range events {
			if e.Ph == ph {
				return i
			}
		}
		t.Fatalf("there is no %s", ph)
		return 0
	}
	for name, spoil := range map[string]func(e []chromeEvent) []chromeEvent{
		"without a name":      func(e []chromeEvent) []chromeEvent { e[3].Name = nil; return e },
		"thread without name": func(e []chromeEvent) []chromeEvent { *e[find(e, "X")].Tid = 99; return e },
		"in the wrong order": func(e []chromeEvent) []chromeEvent {
			i := find(e, "X")
			e[i], e[len(e)-1] = e[len(e)-1], e[i]
			return e
		},
		"slice without length": func(e []chromeEvent) []chromeEvent { e[find(e, "X")].Dur = nil; return e },
		"slices that overlap":  func(e []chromeEvent) []chromeEvent { *e[find(e, "X")].Dur = 2.5; return e },
		"half a flow":          func(e []chromeEvent) []chromeEvent { i := find(e, "f"); return append(e[:i], e[i+1:]...) },
		"half an operation":    func(e []chromeEvent) []chromeEvent { i := find(e, "e"); return append(e[:i], e[i+1:]...) },
	} {
		assert.NotEmpty(t, wrong(spoil(exported(t, samples.Ring()))), name)
	}
}

func TestPerfettoHasEverything(t *testing.T) {
	tr := samples.Ring()
	counts := map[string]int{}
	for _, e := range exported(t, tr) {
		if *e.Pid == 1 {
			counts[e.Ph]++
		}
	}
	steps, calls, states := 0, 0, 0
	for _, ev := range tr.Events {
		states += len(ev.States)
		switch ev.Kind {
		case trace.Step, trace.Access:
			steps++
		case trace.Invocation:
			calls++
		}
	}
	assert.Equal(t, steps+calls, counts["X"])
	assert.Equal(t, states+2, counts["i"], "the states, a preemption and a message")
	assert.Equal(t, states, counts["C"])
}

func ExamplePerfetto() {
	t := &trace.Trace{
		Tasks: []string{"main"},
		Events: []trace.Event{
			{Kind: trace.Invocation, Step: 1, Op: "increment", Object: trace.None, Parent: trace.None, Place: trace.None},
			{Kind: trace.Response, Step: 1, Result: "1", Object: trace.None, Parent: 0, Place: trace.None},
		},
	}
	if err := trace.Perfetto(os.Stdout, t); err != nil {
		panic(err)
	}
	// Output:
	// {"displayTimeUnit":"ns","traceEvents":[{"name":"process_name","ph":"M","ts":0,"pid":1,"tid":0,"args":{"name":"execution"}},{"name":"process_sort_index","ph":"M","ts":0,"pid":1,"tid":0,"args":{"sort_index":1}},{"name":"thread_name","ph":"M","ts":0,"pid":1,"tid":1,"args":{"name":"main"}},{"name":"thread_sort_index","ph":"M","ts":0,"pid":1,"tid":1,"args":{"sort_index":0}},{"name":"increment()","cat":"operation","ph":"X","ts":0,"dur":2,"pid":1,"tid":1,"args":{"result":"1","step":1}}]}
}
