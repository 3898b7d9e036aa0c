package coverage

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"go/build"
	"os"
	"path/filepath"

	"annulus/buffer"
	"annulus/fuzz/internal/workbench"
	"annulus/fuzz/mutants"
)

// reportsTo is the environment variable with the name of the file to which a
// watched buffer adds a line for everything that happens for the first time.
const reportsTo = "ANNULUS_COVERAGE"

// watcher is the source of a file that is added to the buffer, and reports what happens.
const watcher = `package buffer

import (
	"fmt"
	"os"
	std "sync/atomic"
	"unsafe"

	"annulus/schedules/atomic"
)

var (
	sawCondition [%d][2]std.Bool
	sawMove      [8][8]std.Bool
)

func report(format string, args ...any) {
	file, err := os.OpenFile(os.Getenv(%q), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	fmt.Fprintf(file, format+"\n", args...)
}

func watchCondition(number int, value bool) bool {
	seen := &sawCondition[number][0]
	if value {
		seen = &sawCondition[number][1]
	}
	if !seen.Load() && seen.CompareAndSwap(false, true) {
		report("condition %%d %%t", number, value)
	}
	return value
}

func watchMove(from, to State) {
	if seen := &sawMove[from][to]; !seen.Load() && seen.CompareAndSwap(false, true) {
		report("move %%d %%d", from, to)
	}
}

// watchedWord is a word of metadata whose moves are reported. It looks at the
// word without a step of the scheduler's.
type watchedWord struct{ atomic.Uint64 }

func (w *watchedWord) Store(v uint64) {
	watchMove(word(std.LoadUint64((*uint64)(unsafe.Pointer(w)))).state(), word(v).state())
	w.Uint64.Store(v)
}

func (w *watchedWord) CompareAndSwap(old, next uint64) bool {
	moved := w.Uint64.CompareAndSwap(old, next)
	if moved {
		watchMove(word(old).state(), word(next).state())
	}
	return moved
}
`

// wordsWatched makes the buffer's words report their moves.
var wordsWatched = mutants.Mutant{
	Name: "words-watched",
	Edits: []mutants.Edit{
		{File: "buffer/buffer.go", Old: "\twords []atomic.Uint64\n", New: "\twords []watchedWord\n"},
		{File: "buffer/table.go", Old: "make([]atomic.Uint64, b.granules)", New: "make([]watchedWord, b.granules)"},
		{File: "buffer/table.go", Old: "unsafe.Slice((*atomic.Uint64)(", New: "unsafe.Slice((*watchedWord)("},
		{File: "buffer/ownership.go", Old: "\tmeta *atomic.Uint64 ", New: "\tmeta *watchedWord "},
		{File: "buffer/ownership.go", Old: "// claim is one", New: "var _ atomic.Uint64\n\n// claim is one"},
		{File: "buffer/tools.go", Old: "visit(&b.words[slot], ", New: "visit(&b.words[slot].Uint64, "},
	},
}

// suite is a way to run the buffer.
type suite struct {
	name    string
	program workbench.Program
	dir     string // where it runs
	args    []string
}

// ownTests is the name of the suite of the buffer's own tests.
const ownTests = "own tests"

func suites(verify string) []suite {
	return []suite{
		{ownTests, workbench.Tests("buffer.test", "./buffer"), "buffer", nil},
		{"state machine", workbench.Tests("fuzz.test", "./fuzz"), "fuzz", []string{"-test.run=^(TestStateMachine|FuzzSequential)$"}},
		{"verify", workbench.Verifier, "", []string{"verify", "-time", verify}},
	}
}

// observed is what the suites have done. values and moves have an element for each suite.
type observed struct {
	suites     []suite
	conditions []condition
	values     []map[int][2]bool          // of conditions, by number: was false, was true
	moves      []map[[2]buffer.State]bool // of words
}

// observe builds the suites with a buffer that reports its conditions and moves, and runs
// them.
func observe(ctx context.Context, verify string) (*observed, error) {
	o := &observed{suites: suites(verify)}
	overlay, err := o.plant()
	if err != nil {
		return nil, err
	}
	for _, s := range o.suites {
		if err := o.run(ctx, s, overlay); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// plant writes the watched source and an overlay.
func (o *observed) plant() (overlay string, err error) {
	edited, err := wordsWatched.Apply(".")
	if err != nil {
		return "", err
	}
	p, err := build.ImportDir("buffer", 0)
	if err != nil {
		return "", fmt.Errorf("must be run in the root of the module: %w", err)
	}
	changed := map[string]string{}
	for _, name := range p.GoFiles {
		file := "buffer/" + name
		source, err := os.ReadFile(filepath.FromSlash(file))
		if err != nil {
			return "", err
		}
		original, err := conditions(file, source)
		if err != nil {
			return "", err
		}
		if text, ok := edited[file]; ok {
			source = []byte(text)
		}
		list, err := conditions(file, source)
		if err != nil {
			return "", err
		}
		changed[file] = watched(source, list, len(o.conditions))
		o.conditions = append(o.conditions, original...)
	}
	changed["buffer/zz_watcher.go"] = fmt.Sprintf(watcher, len(o.conditions), reportsTo)
	return workbench.WriteOverlay(".", directory, changed)
}

// run runs a suite and reads what it has reported.
func (o *observed) run(ctx context.Context, s suite, overlay string) error {
	report, err := filepath.Abs(filepath.Join(directory, "report.txt"))
	if err != nil {
		return err
	}
	if err := os.RemoveAll(report); err != nil {
		return err
	}
	binary, err := s.program.Build(ctx, directory, overlay)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	job := workbench.Job{Binary: binary, Args: s.args, Dir: s.dir, Env: []string{reportsTo + "=" + report}, Stdout: &text, Stderr: &text}
	end, err := job.Run(ctx)
	if err == nil && end.Status != 0 {
		err = fmt.Errorf("exit status %d", end.Status)
	}
	if err != nil {
		return fmt.Errorf("%s of the watched buffer: %w\n%s", s.name, err, &text)
	}
	return o.read(report)
}

func (o *observed) read(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	values, moves := map[int][2]bool{}, map[[2]buffer.State]bool{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var number int
		var value bool
		var from, to buffer.State
		if _, err := fmt.Sscanf(lines.Text(), "move %d %d", &from, &to); err == nil {
			moves[[2]buffer.State{from, to}] = true
		} else if _, err := fmt.Sscanf(lines.Text(), "condition %d %t", &number, &value); err == nil {
			v := values[number]
			v[map[bool]int{true: 1}[value]] = true
			values[number] = v
		} else {
			return fmt.Errorf("%s: %q is no report", name, lines.Text())
		}
	}
	o.values, o.moves = append(o.values, values), append(o.moves, moves)
	return lines.Err()
}
