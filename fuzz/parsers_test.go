package fuzz

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"annulus/linearizability"
	"annulus/linearizability/history"
	"annulus/linearizability/scenario"
	"annulus/schedules"
	"annulus/schedules/files"
	"annulus/schedules/trace"

	"github.com/stretchr/testify/require"
)

// format is a text that is read from a file or given to a command.
type format struct {
	name string
	// read reads the text from the named file, which holds it.
	read func(path, text string) (any, error)
	// print returns the text that read reads as the same; nil if there is none.
	print func(value any) (string, error)
	// forget clears of a value what its text does not keep; nil if it keeps all.
	forget func(value any) any
	// placed reports that an error must name a line of the text.
	placed func(text string, err error) bool
	// argument reports that the text is no file: errors quote it instead.
	argument bool
}

// always is for formats in which there is a line to blame for everything.
func always(string, error) bool { return true }

// unlessWhole is for programs: what is wrong with a line names it. What is wrong
// with the program as a whole is no SyntaxError, and names the program; nor is a line
// to blame for a text of more than a mebibyte.
func unlessWhole(text string, err error) bool {
	return errors.As(err, new(*schedules.SyntaxError)) && len(text) <= 1<<20
}

// formats are all that this module reads, but for sets of hashes, which are in
// binary and have FuzzSet. Stories are comments, which lose spaces at the ends of
// lines, carriage returns, and empty lines at the end.
var formats = []format{
	{
		name: "schedule", placed: always,
		read:  func(path, _ string) (any, error) { return schedules.LoadSchedule(path) },
		print: func(v any) (string, error) { return v.(schedules.Schedule).String(), nil },
		forget: func(v any) any {
			s := v.(schedules.Schedule)
			s.Story = ""
			return s
		},
	},
	{
		name: "program", placed: unlessWhole,
		read:  func(path, _ string) (any, error) { return scenario.LoadProgram(path) },
		print: func(v any) (string, error) { return v.(scenario.Program).FileText(), nil },
	},
	{
		name: "report", placed: always,
		read:  func(path, _ string) (any, error) { return schedules.LoadReport(path) },
		print: func(v any) (string, error) { return saved(v.(*schedules.Report).Save) },
		forget: func(v any) any {
			withoutStories(v.(*schedules.Report))
			return v
		},
	},
	{
		name: "verification", placed: always,
		read:  func(path, _ string) (any, error) { return linearizability.LoadReport(path) },
		print: func(v any) (string, error) { return saved(v.(linearizability.Report).Save) },
		forget: func(v any) any {
			for _, result := range v.(linearizability.Report).Results {
				for _, r := range result.Reports {
					withoutStories(r)
				}
			}
			return v
		},
	},
	{
		name: "history", placed: always,
		read: func(path, text string) (any, error) {
			return history.Read(strings.NewReader(text), path)
		},
		print: func(v any) (string, error) {
			var b bytes.Buffer
			err := v.(*history.History).Write(&b)
			return b.String(), err
		},
	},
	{
		name: "trace", placed: always,
		read: func(path, text string) (any, error) { return trace.Read(strings.NewReader(text), path) },
		print: func(v any) (string, error) {
			var b bytes.Buffer
			err := trace.Write(&b, v.(*trace.Trace))
			return b.String(), err
		},
	},
	{
		name: "strategy", argument: true,
		read: func(_, text string) (any, error) { return schedules.StrategyNamed(text, 1) },
	},
	{
		name: "shard", argument: true,
		read:  func(_, text string) (any, error) { return schedules.ParseShard(text) },
		print: func(v any) (string, error) { return v.(schedules.Shard).String(), nil },
	},
}

// withoutStories clears the stories of the failures in a report.
func withoutStories(r *schedules.Report) {
	for _, f := range append(r.Failures[:len(r.Failures):len(r.Failures)], r.Failure) {
		if f != nil {
			f.Schedule.Story = ""
		}
	}
}

// holds checks what is promised of reading the text.
func (f *format) holds(path, text string) error {
	value, err := f.readFile(path, text)
	if err != nil {
		return f.places(path, text, err)
	}
	if f.print == nil {
		return nil
	}
	printed, err := f.print(value)
	if err != nil {
		return fmt.Errorf("%s: what was read cannot be printed: %w", f.name, err)
	}
	again, err := f.readFile(path, printed)
	if err != nil {
		return fmt.Errorf("%s: what was printed cannot be read: %w\n%s", f.name, err, printed)
	}
	twice, err := f.print(again)
	if err != nil || printed != twice {
		return fmt.Errorf("%s: printed as\n%s\nwas read, and printed as\n%s, %v", f.name, printed, twice, err)
	}
	if f.forget != nil {
		value, again = f.forget(value), f.forget(again)
	}
	if !reflect.DeepEqual(value, again) {
		return fmt.Errorf("%s: %+v was printed and read as %+v", f.name, value, again)
	}
	return nil
}

func (f *format) readFile(path, text string) (any, error) {
	if !f.argument {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return nil, err
		}
	}
	return f.read(path, text)
}

// places checks that an error says where it is.
func (f *format) places(path, text string, err error) error {
	said := err.Error()
	if f.argument {
		if !strings.Contains(said, strconv.Quote(text)) {
			return fmt.Errorf("%s: the error does not quote %q: %w", f.name, text, err)
		}
		return nil
	}
	rest, named := strings.CutPrefix(said, path+":")
	number, _, _ := strings.Cut(rest, ":")
	line, notLine := strconv.Atoi(number)
	switch {
	case !named:
		return fmt.Errorf("%s: the error does not begin with the file: %w", f.name, err)
	case notLine != nil && f.placed(text, err):
		return fmt.Errorf("%s: the error does not name the line: %w", f.name, err)
	case notLine == nil && (line < 1 || line > strings.Count(text, "\n")+2):
		return fmt.Errorf("%s: line %d of a text of %d: %w", f.name, line, strings.Count(text, "\n")+1, err)
	}
	return nil
}

// parserSeeds returns texts of every format, by its name.
func parserSeeds() map[string][]string {
	return map[string][]string{
		"schedule": {
			fromFile("bugs/testdata/safe-stack.schedule"),
			"#a\n# b\nannulus schedule v2\nprogram `x`\nlimits steps=1 livelock=2 parking=true\na Load\nend Load\n\n# c\n\"\\xff\" Lock \"m u\"\nend 3\n",
			"annulus schedule v1\nprogram x\nlimits steps=1 livelock=2 parking=true\na Load\n",
		},
		"program": {
			"program free-evict\nabout a freed block is evicted\nring 512 bytes, classes 64 128, patience 4\n" +
				"setup alloc a 64; release a\n# two tasks\nt1 tombstone a; free a\nt2 evict\nafter metrics\nend 7\n",
			"program p\nring 512 bytes, classes 64 128, copy-on-access 64, patience 3, discard live, strict LIFO\n" +
				"t1 evict panic context { bytes a; evictn 2 { metrics } }; allocevict a 64 fail\nafter close\nend 4\n",
		},
		"report": {
			explored(), `{"version": "annulus report v2", "shards": 2, "failures": [null]}`,
		},
		"verification": {
			verified(),
			`{"version": "annulus verification v2", "shard": {"Index": 1, "Count": 1}, "scenarios": 0, "results": []}`,
			`{"version": "annulus verification v2", "shard": {"Index": 1, "Count": 1}, "scenarios": 1,` + "\n" + `"results": [{"scenario": "x", "marks": "AAAA"}]}`,
		},
		"history": {
			fromFile("../linearizability/history/testdata/tombstone-too-late.jsonl"), fromFile("../linearizability/history/testdata/evicted-first.jsonl"),
		},
		"trace": {
			traced(), `{"format":"annulus trace","version":2}`,
			`{"format":"annulus trace","version":2,"count":1,"tasks":["main"],"objects":null,"places":null,"events":[{"kind":"step","task":0,"step":1,"object":-1,"place":-1,"parent":-1}]}`,
		},
		"strategy": {
			"dfs:2", "search", "pct:3", "portfolio", "dfs:-1", "pct:1001",
		},
		"shard": {
			"1/1", "3/4096", "0/2", "+2/03",
		},
	}
}

// fromFile returns the content of a file of this module.
func fromFile(path string) string {
	text, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		panic(err)
	}
	return string(text)
}

// saved returns what save writes to a file.
func saved(save func(path string) error) (string, error) {
	dir, err := os.MkdirTemp("", "parsers")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "saved")
	if err := save(path); err != nil {
		return "", err
	}
	text, err := os.ReadFile(path)
	return string(text), err
}

// exploration explores a program that fails, without what differs from run to run.
func exploration() *schedules.Report {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		s.Go("a \x1b[1m", func() { s.Logf("a message") })
		s.Wait()
		s.Errorf("always")
	}, schedules.Config{Schedules: 1})
	r.Duration = 0
	r.Failure.Stack, r.Failure.Command, r.Failure.Schedule.Story = "", "", "the story"
	return r
}

// explored returns a report.
func explored() string {
	text, err := saved(exploration().Save)
	if err != nil {
		panic(err)
	}
	return text
}

// verified returns the report of a verification.
func verified() string {
	r := exploration()
	result := linearizability.Result{
		Scenario: "x", Verdict: "FAIL", Bound: -1, Schedules: 1, Histories: 1,
		Failure: &linearizability.Failure{Class: "property", Message: "always"},
		Shards:  linearizability.Shards{Classes: 1, Reports: []*schedules.Report{r}, Marks: make([]byte, 16)},
	}
	text, err := saved(linearizability.Report{Shard: schedules.Shard{Index: 1, Count: 2}, Results: []linearizability.Result{result}}.Save)
	if err != nil {
		panic(err)
	}
	return text
}

// traced returns a trace, without where in the sources it was.
func traced() string {
	t := exploration().Failure.Trace
	t.Places, t.Sources = nil, nil
	for i := range t.Events {
		t.Events[i].Place = trace.None
	}
	for i := range t.Objects {
		t.Objects[i].First = trace.None
	}
	var b strings.Builder
	if err := trace.Write(&b, t); err != nil {
		panic(err)
	}
	return b.String()
}

// The committed corpus is what parserSeeds returns. Rewrite it with -update.
func TestParsersCorpus(t *testing.T) {
	inputs := map[string][]byte{}
	for i, f := range formats {
		for k, text := range parserSeeds()[f.name] {
			inputs[fmt.Sprintf("%s-%d", f.name, k)] = append([]byte{byte(i)}, text...)
		}
	}
	requireCorpus(t, "FuzzParsers", inputs)
}

// A printer that drops a field, and an error without its line, are noticed.
func TestParsersPromises(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	f := formats[0]
	text := parserSeeds()[f.name][1]
	require.NoError(t, f.holds(path, text))
	f.print = func(v any) (string, error) {
		s := v.(schedules.Schedule)
		s.Steps = nil
		return s.String(), nil
	}
	require.ErrorContains(t, f.holds(path, text), "was printed and read as")

	for _, f := range formats {
		if f.argument {
			continue
		}
		bad := "x" + parserSeeds()[f.name][0]
		_, err := f.readFile(path, bad)
		require.Error(t, err, f.name)
		require.NoError(t, f.places(path, bad, err), f.name)
		require.True(t, f.placed(bad, err), f.name)
		read := f.read
		f.read = func(path, text string) (any, error) {
			_, err := read(path, text)
			said := strings.TrimLeft(strings.TrimPrefix(err.Error(), path+":"), "0123456789:")
			return nil, files.In(path, &schedules.SyntaxError{Found: said})
		}
		require.ErrorContains(t, f.holds(path, bad), "does not name the line", f.name)
	}
}

// Of every format a seed can be read, and one, or a piece of it, cannot.
func TestParsersSeeds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, f := range formats {
		read, refused := 0, 0
		for _, seed := range parserSeeds()[f.name] {
			for _, text := range []string{seed, seed[:len(seed)/2], "x" + seed, seed + "x"} {
				require.NoError(t, f.holds(path, text), f.name)
				if _, err := f.readFile(path, text); err == nil {
					read++
				} else {
					refused++
				}
			}
		}
		require.Positive(t, read, f.name)
		require.Positive(t, refused, f.name)
	}
}

// A file that is cut after any byte is refused with its name and a line, or it says what
// the whole one says: what was cut off is the end of its last line. Longer files are cut
// after every line, and after every seventh byte.
func TestCutFilesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, f := range formats {
		if f.argument {
			continue
		}
		whole := 0
		for _, text := range parserSeeds()[f.name] {
			want, err := f.readFile(path, text)
			if err != nil {
				continue
			}
			whole++
			for n := range len(text) {
				if len(text) > 2000 && n%7 != 0 && text[n-1] != '\n' && text[n] != '\n' {
					continue
				}
				got, err := f.readFile(path, text[:n])
				if err != nil {
					require.NoError(t, f.places(path, text[:n], err), "%s, cut after %d of %d bytes", f.name, n, len(text))
					continue
				}
				require.Equal(t, want, got, "%s, cut after %d of %d bytes", f.name, n, len(text))
				require.Empty(t, strings.TrimSpace(text[n:]), "%s, cut after %d of %d bytes", f.name, n, len(text))
			}
		}
		require.Positive(t, whole, f.name)
	}
}

// A file of lines that has lost any of them, or has one twice, is refused, unless that
// was a comment.
func TestFilesWithoutALineAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, f := range formats {
		if f.name != "schedule" && f.name != "program" && f.name != "history" {
			continue
		}
		for _, text := range parserSeeds()[f.name] {
			if _, err := f.readFile(path, text); err != nil {
				continue
			}
			lines := strings.SplitAfter(text, "\n")
			for i, line := range lines {
				if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
					continue
				}
				for _, changed := range []string{
					strings.Join(lines[:i], "") + strings.Join(lines[i+1:], ""), strings.Join(lines[:i+1], "") + strings.Join(lines[i:], ""),
				} {
					_, err := f.readFile(path, changed)
					require.Error(t, err, "%s, line %d: %s", f.name, i+1, line)
					require.NoError(t, f.places(path, changed, err))
				}
			}
		}
	}
}

// Whatever this module has written to a file can be read: what is checked in, too.
func TestCheckedInFilesAreWhole(t *testing.T) {
	for _, kind := range []struct {
		name, glob string
		least      int
	}{
		{"schedule", "../linearizability/testdata/gallery/*/schedule.txt", 50},
		{"program", "../linearizability/testdata/gallery/*/program.txt", 50},
		{"schedule", "bugs/testdata/*.schedule", 1},
		{"program", "../linearizability/scenario/testdata/*.txt", 1},
		{"history", "../linearizability/history/testdata/*.jsonl", 2},
		{"trace", "../schedules/trace/internal/samples/*.json", 1},
	} {
		paths, err := filepath.Glob(filepath.FromSlash(kind.glob))
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(paths), kind.least, kind.glob)
		f := formats[slices.IndexFunc(formats, func(f format) bool { return f.name == kind.name })]
		for _, path := range paths {
			text := fromFile(path)
			_, err := f.read(path, text)
			require.NoError(t, err)
		}
	}
}
