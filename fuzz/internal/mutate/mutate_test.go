package mutate

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"annulus/fuzz/internal/workbench"

	"github.com/stretchr/testify/require"
)

// inRoot makes the root of the module the current directory, and keeps outcomes in a
// temporary one.
func inRoot(t *testing.T) {
	t.Chdir("../../..")
	before := directory
	directory = t.TempDir()
	t.Cleanup(func() { directory = before })
}

// Every argument is about at least one existing mutant.
func TestArguments(t *testing.T) {
	inRoot(t)
	mutants, err := find(".", func(string) bool { return true })
	require.NoError(t, err)
	for _, e := range exemptions(arguments) {
		require.NotEmpty(t, e.reason)
		require.Positive(t, e.of, e)
		require.True(t, slices.ContainsFunc(mutants, e.about), "%s: %s: %s", e.file, e.line, e.begin)
	}
}

// An argument exempts as many mutants as it says, and not one more.
func TestExemptions(t *testing.T) {
	inRoot(t)
	mutants, err := find(".", regexp.MustCompile(`buffer/config.go:\d+ number: 0 → 1$`).MatchString)
	require.NoError(t, err)
	mutants = slices.DeleteFunc(mutants, func(s mutant) bool { return s.Text != "case c.Capacity <= 0 || c.Capacity%Granule != 0:" })
	require.Len(t, mutants, 2)
	k, err := openOutcomes(nothing)
	require.NoError(t, err)
	defer k.Close()
	about := func(begins ...string) *report {
		return newReport(mutants, k, []argument{{mutants[0].File, mutants[0].Text, begins, "made up"}})
	}
	one := about("number: 0 → 1")
	require.True(t, one.right(false), "none was tried")
	require.Contains(t, one.text(true), "NOTHING TO ARGUE ABOUT in buffer/config.go: case c.Capacity <= 0")

	require.NoError(t, k.Add(Outcome{Key: mutants[0].key(), Noticed: "own tests"}))
	require.NoError(t, k.Add(Outcome{Key: mutants[1].key()}))
	one = about("number: 0 → 1")
	two, other := about("number: 0 → 1 ×2"), about("compare: ")
	require.True(t, one.right(true))
	require.False(t, two.right(true))
	require.True(t, two.right(false), "the other slip may be missing")
	require.Contains(t, two.text(true), "ARGUED ABOUT 1, not 2, in buffer/config.go: case c.Capacity <= 0")
	require.False(t, other.right(false))
	require.Contains(t, other.text(false), "SURVIVED "+mutants[1].String())
	require.NotContains(t, other.text(false), "ARGU")

	require.NoError(t, k.Add(Outcome{Key: mutants[0].key()}))
	one, two = about("number: 0 → 1"), about("number: 0 → 1 ×2")
	require.False(t, one.right(false))
	require.Contains(t, one.text(false), "ARGUED ABOUT 2, not 1, in buffer/config.go: case c.Capacity <= 0")
	require.True(t, two.right(true))
}

// The command with a mutant that tests notice, one that does not compile, and one that
// changes nothing and has an argument. Only the quickest checker is run.
func TestTry(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the judge with slips")
	}
	inRoot(t)
	before := checkers
	checkers = map[string][]checker{"buffer": {sequential}}
	t.Cleanup(func() { checkers = before })
	const pattern = `buffer/(alloc.go:\d+ condition: w\.state\(\) == Tombstone|errors.go:\d+ compute: \+= → -=)`
	var out, stderr bytes.Buffer
	require.Equal(t, workbench.AllRight, Command.Run(t.Context(), []string{"-run", pattern}, &out, &stderr), "%s%s", &out, &stderr)
	require.Contains(t, out.String(), "buffer: 2 slips, 1 noticed, 1 argued, 0 survived; 1 more do not compile\n")

	k, err := openOutcomes(everything)
	require.NoError(t, err)
	defer k.Close()
	require.Equal(t, 3, k.Len())
	mutants, err := find(".", regexp.MustCompile(pattern).MatchString)
	require.NoError(t, err)
	outcomes := map[string]string{}
	for _, s := range mutants {
		f, _ := k.Get(s.key())
		what, _, _ := strings.Cut(f.Slip, " → ")
		_, what, _ = strings.Cut(what, " ")
		outcomes[what+f.Noticed] = f.How
	}
	require.Equal(t, map[string]string{
		"condition: w.state() == Tombstone":                          "",
		"condition: w.state() == Tombstone" + "buffer against model": fails,
		"compute: +=" + "compiler":                                   refused,
	}, outcomes)
}

// A checker that other work has kept from running does not count as one that does not end.
func TestVerdict(t *testing.T) {
	alone := checker{cpu: 8 * time.Second, wall: 40 * time.Second}
	workers := alone
	workers.workers = true
	for _, c := range []struct {
		checker checker
		late    bool
		used    time.Duration
		how     string
		unknown bool
	}{
		{alone, false, time.Second, fails, false},
		{alone, false, 8 * time.Second, endless, false},
		{alone, true, time.Second - 1, endless, false},
		{alone, true, time.Second, "", true},
		{alone, true, 5 * time.Second, "", true},
		{alone, true, 6 * time.Second, endless, false},
		{workers, false, 8 * time.Second, endless, false},
		{workers, true, 0, "", true},
	} {
		how, unknown := c.checker.verdict(c.late, c.used)
		require.Equal(t, c.how, how, c)
		require.Equal(t, c.unknown, unknown, c)
	}
	for pkg, list := range checkers {
		for _, c := range list {
			require.GreaterOrEqual(t, c.wall, max(4*c.cpu, 20*time.Second), "%s of %s", c.name, pkg)
		}
	}
}

// shell is a checker that runs a script.
func shell(script string) checker {
	return checker{name: "shell", dir: ".", args: []string{"-c", script}, cpu: time.Second, wall: time.Minute}
}

// The outcomes of checkers that pass, fail, work for ever, have a worker that works for
// ever, wait for ever, and have a worker that waits for ever.
func TestCheckersRun(t *testing.T) {
	inRoot(t)
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	for script, want := range map[string]string{
		"exit 0":                              "",
		"exit 2":                              fails,
		"while :; do :; done":                 endless,
		"sh -c 'while :; do :; done'; exit 2": endless,
	} {
		how, err := shell(script).run(t.Context(), sh, 0)
		require.NoError(t, err)
		require.Equal(t, want, how, script)
	}

	keeps := shell(`test "$0" = -into && test -d "$1" && touch "$1/x"`)
	keeps.finds = "-into"
	link := filepath.Join(t.TempDir(), "sh") // the directory for what is found is made beside it
	require.NoError(t, os.Symlink(sh, link))
	how, err := keeps.run(t.Context(), link, 0)
	require.NoError(t, err)
	require.Empty(t, how)
	left, err := os.ReadDir(filepath.Dir(link))
	require.NoError(t, err)
	require.Len(t, left, 1, "what it has found is left")

	pid := filepath.Join(t.TempDir(), "pid")
	waits := shell("sleep 1000 & echo $! > " + pid + "; wait")
	waits.wall = 2 * time.Second
	how, err = waits.run(t.Context(), sh, 0)
	require.NoError(t, err)
	require.Equal(t, endless, how)
	worker, err := os.ReadFile(pid)
	require.NoError(t, err)
	// Never ends if the worker is not killed.
	for exec.Command(sh, "-c", "kill -0 "+string(worker)).Run() == nil {
		runtime.Gosched()
	}

	waits.workers, waits.wall = true, 10*time.Millisecond
	_, err = waits.run(t.Context(), sh, 0)
	require.ErrorContains(t, err, "shell: asked 3 times about slip 0 of "+sh+", at last for 40ms, ")
}

// In the next run the outcomes of mutants that were noticed count; others are tried again,
// unless only arguments have changed.
func TestKept(t *testing.T) {
	inRoot(t)
	mutants, err := find(".", regexp.MustCompile(`buffer/alloc.go:\d+ operand: slot != nilSlot`).MatchString)
	require.NoError(t, err)
	require.Len(t, mutants, 1)
	k, err := openOutcomes(killed)
	require.NoError(t, err)
	require.NoError(t, k.Add(Outcome{Key: mutants[0].key(), Slip: mutants[0].String()}))
	require.NoError(t, k.Add(Outcome{Key: "other", Noticed: "own tests"}))
	r := newReport(mutants, k, arguments)
	require.NotContains(t, r.text(false), "SURVIVED", "it is argued about")
	require.Contains(t, r.text(false), "buffer: 1 slips, 0 noticed, 1 argued, 0 survived")
	require.True(t, r.right(false))
	require.False(t, r.right(true), "most arguments are about nothing here")
	require.Contains(t, r.markdown(), "| buffer | all | 1 | 0 | 0 | 0 | 1 | 0 |")
	require.NoError(t, k.Close())

	for on, known := range map[reliance]int{nothing: 0, killed: 1, everything: 2} {
		k, err := openOutcomes(on)
		require.NoError(t, err)
		require.Equal(t, known, k.Len())
		require.NoError(t, k.Close())
	}
	require.NoError(t, os.WriteFile(filepath.Join(directory, "fates.jsonl"), []byte("{"), 0o666))
	_, err = openOutcomes(killed)
	require.ErrorContains(t, err, "fates.jsonl:1: ")
}

func TestUsage(t *testing.T) {
	inRoot(t)
	for _, args := range [][]string{{"-run", "("}, {"left"}, {"-procs", "0"}, {"-into", "f", "-run", "x"}, {"-run", "matches nothing"}} {
		var stderr bytes.Buffer
		require.Equal(t, workbench.Unusable, Command.Run(t.Context(), args, &stderr, &stderr), args)
		require.Contains(t, stderr.String(), "mutate: ")
	}
}
