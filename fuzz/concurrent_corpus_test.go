package fuzz

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/linearizability"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// scheduleCorpus is where Go's fuzzing looks for the seeds of FuzzSchedule.
var scheduleCorpus = filepath.Join("testdata", "fuzz", "FuzzSchedule")

// gallery has a program for each mutant, and a schedule under which it fails.
var gallery = filepath.Join("..", "linearizability", "testdata", "gallery")

// executions are the seeds of FuzzSchedule by name: the scenarios, each task after
// the other, and what is kept of the mutants, with its schedule. They run with the
// longest patience there is where they have no bound.
func executions(t *testing.T) map[string]Execution {
	t.Helper()
	all := map[string]Execution{}
	for _, p := range scenario.Suite() {
		if p.Name != "batch-vs-close" { // it has what decodeConcurrent leaves out together
			all["scenario-"+p.Name] = Execution{Program: encodable(p)}
		}
	}
	kept, err := os.ReadDir(gallery)
	require.NoError(t, err)
	for _, dir := range kept {
		p, err := scenario.LoadProgram(filepath.Join(gallery, dir.Name(), "program.txt"))
		require.NoError(t, err)
		s, err := schedules.LoadSchedule(filepath.Join(gallery, dir.Name(), schedules.ScheduleFile))
		require.NoError(t, err)
		p = encodable(p)
		all["mutant-"+dir.Name()] = Execution{p, switchesOf(t, p, s)}
	}
	return all
}

// encodable returns the program as near as it can be encoded.
func encodable(p scenario.Program) scenario.Program {
	if p.Ring.EvictPatience == 0 {
		p.Ring.EvictPatience = slices.Max(waits[:])
	}
	if len(p.Tasks) == 1 {
		p.Tasks = append(slices.Clone(p.Tasks), scenario.Task{Name: "nobody"})
	}
	return p
}

// switchesOf returns the switches that follow the schedule as long as the program
// does.
func switchesOf(t *testing.T, p scenario.Program, s schedules.Schedule) []Switch {
	t.Helper()
	steps := slices.DeleteFunc(slices.Clone(s.Steps), func(s schedules.Step) bool { return s.Op == "pick" })
	f := &following{steps: steps, tasks: map[string]int{"main": 0}}
	for i, task := range p.Tasks {
		f.tasks[task.Name] = i + 1
	}
	r, err := linearizability.Explore(t.Context(), p, schedules.Config{Strategy: f, Schedules: 1, NoRepeat: true})
	require.NoError(t, err)
	require.Nil(t, r.Failure)
	return f.switches
}

// following is the strategy that follows a schedule by its steps' tasks, and notes
// the switches that it takes.
type following struct {
	schedules.StrategyBase
	steps    []schedules.Step
	tasks    map[string]int
	switches []Switch
	after    int
}

func (f *following) Restart(schedules.Shard) { f.switches, f.after = nil, 0 }
func (f *following) Begin() bool             { return true }
func (f *following) String() string          { return "following" }

func (f *following) Choose(c *schedules.Choice) int {
	usual := c.Continues()
	if c.Step >= len(f.steps) {
		return usual
	}
	task, ok := f.tasks[f.steps[c.Step].Task]
	if !ok || task == usual || !c.Enabled.Has(task) {
		f.after++
		return usual
	}
	before := 0 // of the others
	for other := range c.Enabled.Without(usual).All() {
		if other < task {
			before++
		}
	}
	f.switches = append(f.switches, Switch{f.after, uint8(before)})
	f.after = 0
	return task
}

// made returns the files of the corpus that were made from executions. The others are
// what the fuzzer has found.
func made(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, kind := range []string{"scenario-*", "mutant-*"} {
		files, err := filepath.Glob(filepath.Join(scheduleCorpus, kind))
		require.NoError(t, err)
		all = append(all, files...)
	}
	return all
}

// The committed corpus of FuzzSchedule holds what executions returns. Rewrite that with
// -update.
func TestScheduleCorpus(t *testing.T) {
	want := map[string]string{}
	for name, x := range executions(t) {
		program, schedule := x.Encode()
		want[name] = fmt.Sprintf("go test fuzz v1\nstring(%q)\nstring(%q)\n", program, schedule)
	}
	if *update {
		require.NoError(t, os.MkdirAll(scheduleCorpus, 0o755))
		for _, path := range made(t) {
			require.NoError(t, os.Remove(path))
		}
		for name, text := range want {
			require.NoError(t, os.WriteFile(filepath.Join(scheduleCorpus, name), []byte(text), 0o644))
		}
	}
	require.Len(t, made(t), len(want), "run the test with -update")
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(scheduleCorpus, name))
		require.NoError(t, err, "run the test with -update")
		require.True(t, bytes.Equal([]byte(text), got), "%s: run the test with -update", name)
	}
}

// Seeds are what they were made from: encoding loses a program's name, its
// description and its tasks' names only.
func TestScheduleSeedsDecode(t *testing.T) {
	for name, x := range executions(t) {
		got := DecodeExecution(x.Encode())
		require.Equal(t, len(x.Switches), len(got.Switches), name)
		want := x.Program
		want.Name, want.About = got.Program.Name, ""
		want.Tasks = slices.Clone(want.Tasks)
		for i := range want.Tasks {
			want.Tasks[i].Name = got.Program.Tasks[i].Name
		}
		require.Equal(t, want.String(), got.Program.String(), name)
	}
}
