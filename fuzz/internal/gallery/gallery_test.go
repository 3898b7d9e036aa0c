package gallery_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"annulus/fuzz/internal/gallery"
	"annulus/fuzz/mutants"
	"annulus/linearizability/scenario"
	"annulus/schedules"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// root is the root of the module.
var root = filepath.Join("..", "..", "..")

const advice = "\"make gallery\" brings it up to date; then look at what has changed"

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err, advice)
	return string(text)
}

// Every mutant has a schedule and a program that belong together, and a page that is
// what would be written now, but for the trace, which "make mutants" compares.
// Nothing is left of mutants that are gone.
func TestGalleryIsUpToDate(t *testing.T) {
	for _, m := range mutants.Traced() {
		e, err := gallery.Load(root, m)
		require.NoError(t, err, advice)
		require.NoError(t, e.Check(), advice)
		require.NoError(t, e.Program.Validate())
		require.NotEmpty(t, e.Schedule.Steps)
		for _, p := range scenario.Suite() {
			require.NotEqual(t, m.Name, p.Name, "a replay would take the scenario for the program that is kept")
		}
		page := read(t, gallery.PagePath(m.Name))
		trace, err := gallery.TraceIn(page)
		require.NoError(t, err, m.Name)
		require.True(t, strings.HasPrefix(trace, "FAIL "+firstLine(e.Outcome().String())[:20]), "%s: %s", m.Name, firstLine(trace))
		want, err := e.Page(root, trace)
		require.NoError(t, err)
		require.Equal(t, want, page, advice)
	}
	want, err := gallery.Index(root)
	require.NoError(t, err)
	require.Equal(t, want, read(t, filepath.Join(gallery.Pages, "README.md")), advice)
	left, err := gallery.LeftOver(root)
	require.NoError(t, err)
	require.Empty(t, left, advice)
}

// The catalogue does not ask for more tasks or preemptions than what is kept takes.
func TestCatalogueAsksForNoMore(t *testing.T) {
	size := regexp.MustCompile(`(?m)^replayed: .* (\d+) preemptions?`)
	for _, m := range mutants.Traced() {
		e, err := gallery.Load(root, m)
		require.NoError(t, err, advice)
		assert.LessOrEqual(t, m.Tasks, max(1, len(e.Program.Tasks)), "tasks of %s", m.Name)
		found := size.FindStringSubmatch(read(t, gallery.PagePath(m.Name)))
		require.NotNil(t, found, m.Name)
		preemptions, err := strconv.Atoi(found[1])
		require.NoError(t, err)
		assert.LessOrEqual(t, m.Preemptions, preemptions, "preemptions of %s", m.Name)
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// No row has a place in the driver, and where the ring is shown its words are explained.
func TestTracesSpeakOfTheBuffer(t *testing.T) {
	driver := regexp.MustCompile(`\b(actor|driver|ending|evictions|shared|look)\.go:\d`)
	for _, m := range mutants.Traced() {
		trace, err := gallery.TraceIn(read(t, gallery.PagePath(m.Name)))
		require.NoError(t, err)
		assert.NotRegexp(t, driver, trace, m.Name)
		if strings.Contains(trace, ". ring: ") {
			assert.Contains(t, trace, "\nhead: ", m.Name)
			assert.Contains(t, trace, "\nstates: ", m.Name)
		}
		_, table, _ := strings.Cut(trace, "step  ")
		for _, word := range []string{"claim", "gen"} {
			if regexp.MustCompile(`\b(Ready|Listed|Tombstoning|Tombstone|Evicted)( gen \d+)? ` + word + ` \d`).MatchString(table) {
				assert.Contains(t, trace, "\n"+word+" n: ", m.Name)
			}
		}
	}
}

// A trace fits a terminal: no line has more than 120 characters, and nine in ten have
// as many lines as is the aim.
func TestTracesAreShort(t *testing.T) {
	long := 0
	for _, m := range mutants.Traced() {
		trace, err := gallery.TraceIn(read(t, gallery.PagePath(m.Name)))
		require.NoError(t, err)
		for line := range strings.Lines(trace) {
			assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 120, "%s: %s", m.Name, line)
		}
		if n := gallery.Lines(trace); n > gallery.Longest {
			t.Logf("%s: %d lines", m.Name, n)
			long++
		}
	}
	require.LessOrEqual(t, 10*long, len(mutants.Traced()), "traces of more than %d lines", gallery.Longest)
}

var (
	mutant  = mutants.Mutant{Name: "some-slip", Slip: "something is forgotten", Shows: "it is missed", Lesson: "Look.", Hazard: "H0", Area: mutants.Free}
	program = scenario.MustParse("program other\nring 64 bytes, classes 64\nt1 evict")
	outcome = gallery.Outcome{Kind: "deadlock", Message: "no task can go on\n  t1 waits"}
)

// What is saved is loaded again, under the name of the mutant; files that do not
// belong together, and a story of something else, are noticed.
func TestSaveAndLoad(t *testing.T) {
	dir := t.TempDir()
	_, err := gallery.Load(dir, mutant)
	require.ErrorIs(t, err, os.ErrNotExist)
	e := gallery.New(mutant, program, schedules.Schedule{Steps: []schedules.Step{{Task: "t1", Op: "invoke"}}}, outcome)
	require.NoError(t, e.Save(dir))
	back, err := gallery.Load(dir, mutant)
	require.NoError(t, err)
	require.Equal(t, e, back)
	require.Equal(t, outcome, back.Outcome())
	require.NoError(t, back.Check())

	other := mutant
	other.Slip = "something else is forgotten"
	back, err = gallery.Load(dir, other)
	require.NoError(t, err)
	require.ErrorContains(t, back.Check(), "the story of ")
	e.Program.Name = "other"
	require.NoError(t, e.Save(dir))
	_, err = gallery.Load(dir, mutant)
	require.ErrorContains(t, err, `both must be called "some-slip"`)
}

func TestOutcome(t *testing.T) {
	require.Equal(t, gallery.Outcome{Kind: "invariant", Message: "head: gone"}, gallery.NewOutcome("property", "invariant: head: gone"))
	require.Equal(t, gallery.Outcome{Kind: "panic", Message: "buffer: gone"}, gallery.NewOutcome("panic", "buffer: gone"))
}

// The page shows the lines that change, with the function that they are in, and the
// trace without what is of one machine only.
func TestPage(t *testing.T) {
	dir := t.TempDir()
	source := "package f\n\nfunc first() {\n\ta()\n\tb()\n\tc()\n\td()\n\te()\n\tf()\n}\n\nfunc second() {\n\tg()\n\th()\n\ti()\n\tj()\n}\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f.go"), []byte(source), 0o600))
	m := mutant
	m.Edits = []mutants.Edit{{File: "f.go", Old: "\tc()\n", New: "\tx()\n\ty()\n"}, {File: "f.go", Old: "\ti()\n", New: ""}}
	e := gallery.New(m, program, schedules.Schedule{}, outcome)
	trace := gallery.Trace("FAIL panic: gone\n step\n\nstack of t1:\n/home/me\n\nFAIL: some-slip\n")
	require.Equal(t, "FAIL panic: gone\n step\n", trace)
	page, err := e.Page(dir, trace)
	require.NoError(t, err)
	for _, part := range []string{
		"# some-slip\n\nSomething is forgotten. It is missed. ([A mutant](README.md) of free; hazard H0 of [the original](../hazards.md).)\n",
		"--- f.go\n@@ func first()\n \ta()\n \tb()\n-\tc()\n+\tx()\n+\ty()\n \td()\n \te()\n@@ func second()\n \tg()\n \th()\n-\ti()\n \tj()\n }\n",
		"\nLook.\n", " replay linearizability/testdata/gallery/some-slip/schedule.txt\n",
	} {
		require.Contains(t, page, part)
	}
	back, err := gallery.TraceIn(page)
	require.NoError(t, err)
	require.Equal(t, trace, back)
	_, err = gallery.TraceIn("nothing")
	require.Error(t, err)
	m.Edits[0].Old = "nothing"
	_, err = gallery.New(m, program, schedules.Schedule{}, outcome).Page(dir, trace)
	require.ErrorContains(t, err, "must match exactly once")
}

// What belongs to no mutant is listed.
func TestLeftOver(t *testing.T) {
	dir := t.TempDir()
	_, err := gallery.LeftOver(dir)
	require.ErrorIs(t, err, os.ErrNotExist)
	for _, path := range []string{filepath.Join(gallery.Kept, "gone"), filepath.Join(gallery.Kept, mutants.All()[0].Name), gallery.Pages} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, path), 0o700))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, gallery.PagePath("gone")), nil, 0o600))
	left, err := gallery.LeftOver(dir)
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(gallery.Kept, "gone"), gallery.PagePath("gone")}, left)
}
