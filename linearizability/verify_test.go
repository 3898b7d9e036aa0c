package linearizability

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/internal/workers"
	"annulus/linearizability/scenario"
	"annulus/schedules/trace"
)

// workerVariable is the environment variable that makes the test binary a worker, or a
// worker that does not answer.
const workerVariable = "ANNULUS_TEST_WORKER"

func TestMain(m *testing.M) {
	switch os.Getenv(workerVariable) {
	case "work":
		if err := workers.Serve(append(testSuite(), scenario.Suite()...), os.Stdin, os.Stdout); err != nil {
			panic(err)
		}
	case "hang":
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "die":
	default:
		os.Exit(m.Run())
	}
}

// testSuite has two programs that pass and two that do not: an eviction waits
// for a guard, or for a handle, that its own task holds.
func testSuite() []scenario.Program {
	return []scenario.Program{
		scenario.MustParse(heldProgram),
		scenario.MustParse(`
			program tiny
			ring    512 bytes, classes 64
			setup   alloc a 64
			t1      release a
			t2      bytes a
		`),
		scenario.MustParse(`
			program own-guard
			ring    512 bytes, classes 64
			t1      alloc a 64; evict; release a
		`),
		scenario.MustParse(`
			program own-handle
			ring    512 bytes, classes 64
			setup   alloc a 64; release a
			t1      tombstone a; evict; cancel a
			t2      metrics
		`),
	}
}

func spawn(mode string) func() (*exec.Cmd, error) {
	return func() (*exec.Cmd, error) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), workerVariable+"="+mode)
		return cmd, nil
	}
}

// spawning returns a context with which Verify has one worker process, made by spawn.
func spawning(t *testing.T, spawn func() (*exec.Cmd, error)) context.Context {
	return workers.WithPool(t.Context(), workers.Pool{Processes: 1, Spawn: spawn})
}

// Worker processes and this process get the same results.
func TestVerifyWithAndWithoutProcesses(t *testing.T) {
	for name, ctx := range map[string]context.Context{
		"process":   t.Context(),
		"processes": workers.WithPool(t.Context(), workers.Pool{Processes: 2, Spawn: spawn("work")}),
	} {
		t.Run(name, func(t *testing.T) {
			var cfg Config
			cfg.Time, cfg.Dir, cfg.Command = time.Hour, t.TempDir(), "annulus"
			progress, done := 0, 0
			cfg.Progress = func(Result) { progress++ }
			cfg.Done = func(Result) { done++ }
			results, err := Verify(ctx, testSuite(), cfg)
			require.NoError(t, err)
			require.Len(t, results, 4)
			assert.Equal(t, 4, done)
			assert.Positive(t, progress)

			held, tiny := results[0], results[1]
			assert.Equal(t, "held", held.Scenario)
			assert.True(t, held.Exhausted)
			assert.Positive(t, held.Histories)
			assert.Equal(t, "tiny", tiny.Scenario)
			assert.Equal(t, Exhausted, tiny.Verdict)
			assert.Equal(t, -1, tiny.Bound)
			for _, r := range results[2:] {
				require.NotNil(t, r.Failure, r.Scenario)
				assert.Equal(t, Failed, r.Verdict)
				assert.Equal(t, "livelock", r.Failure.Class)
				assert.Empty(t, r.Failure.Check)
				assert.Equal(t, "annulus replay "+r.Failure.ScheduleFile, r.Failure.Command)
				for _, file := range []string{"schedule.txt", "program.txt", "trace.txt", "history.html"} {
					content, err := os.ReadFile(filepath.Join(cfg.Dir, r.Scenario, file))
					require.NoError(t, err)
					assert.Contains(t, string(content), map[bool]string{true: "<html", false: r.Scenario}[file == "history.html"])
				}
			}
		})
	}
}

func TestVerifyFirst(t *testing.T) {
	suite := testSuite()
	suite[0], suite[2] = suite[2], suite[0]
	results, err := Verify(spawning(t, spawn("work")), suite, Config{Time: time.Hour, First: true, Dir: t.TempDir()})
	require.NoError(t, err)
	require.Len(t, results, 1)
	assert.Equal(t, "own-guard", results[0].Scenario)
}

// When the context is done, what is known so far is returned, also of scenarios that are
// not finished.
func TestVerifyIsInterrupted(t *testing.T) {
	suite := []scenario.Program{testSuite()[1], named(t, "free-evict-reuse")}
	for name, with := range map[string]func(context.Context) context.Context{
		"process": func(ctx context.Context) context.Context { return ctx },
		"processes": func(ctx context.Context) context.Context {
			return workers.WithPool(ctx, workers.Pool{Processes: 1, Spawn: spawn("work")})
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			results, err := Verify(with(ctx), suite, Config{Time: time.Hour, Dir: t.TempDir(), Progress: func(now Result) {
				if now.Scenario == suite[1].Name {
					cancel()
				}
			}})
			require.ErrorIs(t, err, context.Canceled)
			require.Len(t, results, 2)
			assert.Equal(t, Exhausted, results[0].Verdict)
			assert.Equal(t, suite[1].Name, results[1].Scenario)
		})
	}
}

func TestVerifyErrors(t *testing.T) {
	one := testSuite()[:1]
	for want, spawn := range map[string]func() (*exec.Cmd, error){
		"the worker has ended during scenario held": spawn("die"),
		"no worker": func() (*exec.Cmd, error) { return nil, errors.New("no worker") },
		"no/such":   func() (*exec.Cmd, error) { return exec.Command("no/such"), nil },
	} {
		_, err := Verify(spawning(t, spawn), one, Config{Time: time.Hour})
		if err != nil && strings.Contains(err.Error(), "a worker has ended") {
			continue // it was found dead before it got the job
		}
		require.ErrorContains(t, err, want)
	}
	_, err := Verify(t.Context(), append(one, one...), Config{})
	require.ErrorContains(t, err, "two scenarios are called held")
	_, err = Verify(t.Context(), []scenario.Program{{Name: "broken"}}, Config{})
	require.ErrorContains(t, err, `program "broken"`)
	_, err = Verify(spawning(t, spawn("work")), []scenario.Program{{Name: "unknown to it", Ring: one[0].Ring, Tasks: one[0].Tasks}}, Config{})
	require.ErrorContains(t, err, `there is no scenario "unknown to it"`)
}

// A program that does not come to its next yield point cannot be stopped from
// within.
func TestHangIsNoticed(t *testing.T) {
	cmd, err := spawn("hang")()
	require.NoError(t, err)
	p, err := startProcess(cmd)
	require.NoError(t, err)
	p.grace = 50 * time.Millisecond
	r, err := p.do(t.Context(), job{Scenario: "held", Time: 50 * time.Millisecond}, nil)
	require.NoError(t, err)
	require.NotNil(t, r.Failure)
	assert.Equal(t, "hang", r.Failure.Class)
	assert.Equal(t, Failed, r.Verdict)
	p.stop()
}

// The parts of the text about a failure come in the order in which a reader needs them.
func TestReportOrder(t *testing.T) {
	dir := t.TempDir()
	results, err := Verify(t.Context(), testSuite()[2:3], Config{Dir: dir, Time: time.Hour})
	require.NoError(t, err)
	text, err := os.ReadFile(results[0].Failure.ReportFile)
	require.NoError(t, err)
	at := 0
	for _, part := range []string{
		"FAIL livelock: 64 rounds of back-offs changed nothing", "t1 is at Gosched, and waits for a change of block 0",
		"found by depth-first", "seed 0, execution 1: ", "0 preemptions",
		"reproduce: go run ./linearizability/cmd/annulus replay ", "program own-guard, on a ring of 512 bytes",
		"alloc(a, 64) {", "Store block 0: None → NotReady", "evict() {  does not return", "evicting: 0 → 64", "waits at Gosched", "✗ livelock", "ring: head 0",
	} {
		found := strings.Index(string(text[at:]), part)
		require.GreaterOrEqual(t, found, 0, "%s, in the rest of\n%s", part, text)
		at += found
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		line = strings.ReplaceAll(line, dir, DefaultDir)
		assert.LessOrEqual(t, len([]rune(line)), 120, line)
	}
}

// A replay of a schedule file fails in the same way; it passes when the program has been
// repaired; and it diverges, and names the step, when the program has changed otherwise.
func TestReplay(t *testing.T) {
	dir := t.TempDir()
	suite := testSuite()
	results, err := Verify(t.Context(), suite[3:], Config{Dir: dir, Time: time.Hour, First: true})
	require.NoError(t, err)
	path := results[0].Failure.ScheduleFile

	again, err := Replay(suite, path, "the command")
	require.NoError(t, err)
	require.NotNil(t, again.Failure)
	assert.False(t, again.Diverged())
	assert.Equal(t, "own-handle", again.Program.Name)
	assert.Equal(t, "livelock", again.Failure.Class.String())
	text := again.Text(trace.Style{})
	assert.Contains(t, text, "reproduce: the command")
	assert.Contains(t, text, "Tombstoning")

	other := scenario.MustParse(strings.Replace(suite[3].String(), "t1      tombstone a;", "t1      metrics; tombstone a;", 1))
	changed, err := Replay([]scenario.Program{other}, path, "")
	require.NoError(t, err)
	assert.True(t, changed.Diverged())
	assert.Regexp(t, regexp.MustCompile(`step \d+`), changed.Failure.Message)

	// Where the suite does not have it, the program that was saved beside it is run.
	saved, err := Replay(suite[:1], path, "")
	require.NoError(t, err)
	assert.Equal(t, "livelock", saved.Failure.Class.String())
	assert.Equal(t, suite[3].String(), saved.Program.String())
	program := filepath.Join(filepath.Dir(path), "program.txt")
	require.NoError(t, os.WriteFile(program, []byte(suite[0].FileText()), 0o666))
	_, err = Replay(suite[:1], path, "")
	require.ErrorContains(t, err, `is for the program "own-handle"`)
	require.NoError(t, os.WriteFile(program, []byte("nonsense 1\n"), 0o666))
	_, err = Replay(suite[:1], path, "")
	require.ErrorContains(t, err, `program.txt:1: found "1"; expected an operation`)
	require.NoError(t, os.Remove(program))
	_, err = Replay(suite[:1], path, "")
	require.ErrorContains(t, err, `is for the scenario "own-handle": there is no such scenario`)
	_, err = Replay(suite, filepath.Join(dir, "nothing"), "")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestReplayOfAProgramThatPassesNow(t *testing.T) {
	suite := testSuite()[:1]
	x, err := newExploration(&suite[0])
	require.NoError(t, err)
	f := tampered(t, heldProgram, 2, func(d *driver) {
		// The steps of an eviction, and then something wrong.
		d.actors[2].do(d.code.Tasks[1])
		d.config.Memory[65] ^= 1
	})
	f.Schedule.Program = x.driver.code.Program.Name
	path := filepath.Join(t.TempDir(), "schedule.txt")
	require.NoError(t, f.Schedule.Save(path))
	r, err := Replay(suite, path, "")
	require.NoError(t, err)
	text := r.Text(trace.Style{})
	require.Nil(t, r.Failure, text)
	assert.Contains(t, text, "Store block 0: Tombstoning → Evicted claim 1")
	assert.NotContains(t, text, "✗")
	assert.Equal(t, "t2's evict finishes a", r.Trace.History.Operations[6].Text)
}

func TestWorkRefusesNonsense(t *testing.T) {
	var out bytes.Buffer
	assert.NoError(t, workers.Serve(nil, strings.NewReader(""), &out))
	assert.Error(t, workers.Serve(nil, strings.NewReader("{"), &out))
	assert.NoError(t, workers.Serve(nil, strings.NewReader(`{"scenario":"x"}`), &out))
	assert.Contains(t, out.String(), `there is no scenario \"x\"`)
}
