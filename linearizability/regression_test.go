package linearizability

import (
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// reports is a testing.TB that records what is reported to it.
type reports struct {
	testing.TB     // nil: the methods that CheckReplay needs are those below
	failures, logs []string
}

func (r *reports) Helper()                   {}
func (r *reports) Logf(f string, a ...any)   { r.logs = append(r.logs, fmt.Sprintf(f, a...)) }
func (r *reports) Errorf(f string, a ...any) { r.failures = append(r.failures, fmt.Sprintf(f, a...)) }
func (r *reports) Fatalf(f string, a ...any) { r.Errorf(f, a...) }

// The tampered program fails; without the tampering it leaves the schedule, and passes.
func TestCheckReplayFailsAsLongAsTheProgramDoes(t *testing.T) {
	tampering := func(d *driver) { d.s.Invoke("tamper", nil); d.config.Memory[70] ^= 1 }
	f := tampered(t, heldProgram, 2, tampering)
	f.Schedule.Program = "held"

	p := scenario.MustParse(heldProgram)
	c, err := p.Compile()
	require.NoError(t, err)
	d := newDriver(c)
	d.actors[2].run = func() { tampering(d) }
	var failing reports
	d.checkReplay(&failing, f.Schedule)
	require.Len(t, failing.failures, 1)
	assert.Contains(t, failing.failures[0], "content: at rest, block 64 gen 0, which is b, does not hold")
	assert.Empty(t, failing.logs)

	var repaired reports
	CheckReplay(&repaired, heldProgram, f.Schedule.String())
	assert.Empty(t, repaired.failures)
	require.Len(t, repaired.logs, 1)
	assert.Contains(t, repaired.logs[0], "held has left the schedule at step ")
}

func TestCheckReplayTellsWhatIsWrongWithTheTexts(t *testing.T) {
	const header = "annulus schedule v2\nprogram held\nlimits steps=0 livelock=0 parking=true\nend 0\n"
	for _, test := range []struct{ program, schedule, want string }{
		{heldProgram, "annulus schedule v2\nprogram held\nlimits x", `line 3: found "limits x"; expected limits like "limits steps=0 livelock=0 parking=true"`},
		{strings.Replace(heldProgram, "t2      evict", "t2      evoke", 1), header, `line 6: found "evoke"; expected an operation`},
		{strings.Replace(heldProgram, "program held", "program other", 1), header, `the schedule is for the program "held", expected one for "other"`},
		{strings.Replace(heldProgram, "512", "511", 1), header, "511"},
	} {
		var r reports
		CheckReplay(&r, test.program, test.schedule)
		require.Len(t, r.failures, 1)
		assert.Contains(t, r.failures[0], test.want)
	}
}

func TestRegressionTestsAreGo(t *testing.T) {
	p := scenario.MustParse(heldProgram)
	for _, p.About = range []string{"", "as it is", "`quoted`"} {
		source, err := RegressionTest(p, schedules.Schedule{}, "p")
		require.NoError(t, err)
		formatted, err := format.Source([]byte(source))
		require.NoError(t, err)
		assert.Equal(t, string(formatted), source)
		assert.Contains(t, source, "func TestRegressionHeld(t *testing.T) {")
	}
	_, err := RegressionTest(p, schedules.Schedule{}, "no name")
	assert.ErrorContains(t, err, "is not Go")
}

// A generated regression test compiles unchanged, in a module of its own, and runs.
func TestRegressionTestsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	source, err := RegressionTest(scenario.MustParse(heldProgram), schedules.Schedule{}, "regressed")
	require.NoError(t, err)
	write("go.mod", strings.Replace(string(mod), "module annulus", "module regressed", 1)+
		fmt.Sprintf("\nrequire annulus v0.0.0\n\nreplace annulus => %q\n", root))
	write("go.sum", string(sum))
	write("regression_test.go", source)
	cmd := exec.Command("go", "test", "-count=1", "-vet=off", "-v", ".")
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", output)
	assert.Contains(t, string(output), "held has left the schedule at step 1: the schedule ends here")
}
