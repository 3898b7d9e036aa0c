package main

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

	"github.com/stretchr/testify/require"
)

// inRoot makes the root of the module the current directory, and what is kept
// temporary.
func inRoot(t *testing.T) {
	t.Chdir("../../..")
	before := directory
	directory = t.TempDir()
	t.Cleanup(func() { directory = before })
}

// Every argument is about at least one slip that there is.
func TestArguments(t *testing.T) {
	inRoot(t)
	slips, err := find(".", regexp.MustCompile(""))
	require.NoError(t, err)
	for _, e := range excuses(arguments) {
		require.NotEmpty(t, e.reason)
		require.Positive(t, e.of, e)
		require.True(t, slices.ContainsFunc(slips, e.about), "%s: %s: %s", e.file, e.line, e.begin)
	}
}

// A beginning excuses as many slips as it says, and not one more.
func TestExcuses(t *testing.T) {
	inRoot(t)
	slips, err := find(".", regexp.MustCompile(`buffer/config.go:\d+ number: 0 → 1$`))
	require.NoError(t, err)
	slips = slices.DeleteFunc(slips, func(s slip) bool { return s.Text != "case c.Capacity <= 0 || c.Capacity%Granule != 0:" })
	require.Len(t, slips, 2)
	k, err := openKept(nothing)
	require.NoError(t, err)
	defer k.close()
	about := func(begins ...string) *report {
		return newReport(slips, k, []argument{{slips[0].File, slips[0].Text, begins, "made up"}})
	}
	one := about("number: 0 → 1")
	require.Equal(t, allNoticed, one.status(false), "none was tried")
	require.Contains(t, one.text(true), "NOTHING TO ARGUE ABOUT in buffer/config.go: case c.Capacity <= 0")

	require.NoError(t, k.add(Fate{Key: slips[0].key(), Noticed: "own tests"}))
	require.NoError(t, k.add(Fate{Key: slips[1].key()}))
	one = about("number: 0 → 1")
	two, other := about("number: 0 → 1 ×2"), about("compare: ")
	require.Equal(t, allNoticed, one.status(true))
	require.Equal(t, notAll, two.status(true))
	require.Equal(t, allNoticed, two.status(false), "the other slip may be missing")
	require.Contains(t, two.text(true), "ARGUED ABOUT 1, not 2, in buffer/config.go: case c.Capacity <= 0")
	require.Equal(t, notAll, other.status(false))
	require.Contains(t, other.text(false), "SURVIVED "+slips[1].String())
	require.NotContains(t, other.text(false), "ARGU")

	require.NoError(t, k.add(Fate{Key: slips[0].key()}))
	one, two = about("number: 0 → 1"), about("number: 0 → 1 ×2")
	require.Equal(t, notAll, one.status(false))
	require.Contains(t, one.text(false), "ARGUED ABOUT 2, not 1, in buffer/config.go: case c.Capacity <= 0")
	require.Equal(t, allNoticed, two.status(true))
}

// The whole way: a slip that tests notice, one that does not compile, and one that
// changes nothing and is argued about. Only the quickest judge is asked.
func TestTry(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the judge with slips")
	}
	inRoot(t)
	before := ladders
	ladders = map[string][]judge{"buffer": {sequential}}
	t.Cleanup(func() { ladders = before })
	const pattern = `buffer/(alloc.go:\d+ condition: err == ErrInFlight|errors.go:\d+ compute: \+= → -=)`
	var out, stderr bytes.Buffer
	require.Equal(t, allNoticed, run(t.Context(), []string{"-run", pattern}, &out, &stderr), "%s%s", &out, &stderr)
	require.Contains(t, out.String(), "buffer: 2 slips, 1 noticed, 1 argued, 0 survived; 1 more do not compile\n")

	k, err := openKept(everything)
	require.NoError(t, err)
	defer k.close()
	fates := map[string]string{}
	for _, f := range k.known {
		what, _, _ := strings.Cut(f.Slip, " → ")
		_, what, _ = strings.Cut(what, " ")
		fates[what+f.Noticed] = f.How
	}
	require.Equal(t, map[string]string{
		"condition: err == ErrInFlight":                          "",
		"condition: err == ErrInFlight" + "buffer against model": fails,
		"compute: +=" + "compiler":                               refused,
	}, fates)
}

// A judge that is kept from working is no judge that does not end.
func TestVerdict(t *testing.T) {
	alone := judge{cpu: 8 * time.Second, wall: 40 * time.Second}
	workers := alone
	workers.workers = true
	for _, c := range []struct {
		judge  judge
		killed bool
		used   time.Duration
		how    string
		late   bool
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
		how, late := c.judge.verdict(c.killed, c.used)
		require.Equal(t, c.how, how, c)
		require.Equal(t, c.late, late, c)
	}
	for pkg, ladder := range ladders {
		for _, j := range ladder {
			require.GreaterOrEqual(t, j.wall, max(4*j.cpu, 20*time.Second), "%s of %s", j.name, pkg)
		}
	}
}

// shell is a judge that runs a script.
func shell(script string) judge {
	return judge{name: "shell", dir: ".", args: []string{"-c", script}, cpu: time.Second, wall: time.Minute}
}

// What becomes of judges that pass, fail, work for ever, have a worker that does,
// wait for ever, and have a worker that does.
func TestAsk(t *testing.T) {
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
	link := filepath.Join(t.TempDir(), "sh") // beside which the directory is made
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
	for exec.Command(sh, "-c", "kill -0 "+string(worker)).Run() == nil { // if the worker is left, for ever
		runtime.Gosched()
	}

	waits.workers, waits.wall = true, 10*time.Millisecond
	_, err = waits.run(t.Context(), sh, 0)
	require.ErrorContains(t, err, "shell: asked 3 times about slip 0 of "+sh+", at last for 40ms, ")
}

// What was noticed holds in the next run; what was not is tried again, unless only
// arguments have changed.
func TestKept(t *testing.T) {
	inRoot(t)
	slips, err := find(".", regexp.MustCompile(`buffer/alloc.go:\d+ operand: slot != nilSlot`))
	require.NoError(t, err)
	require.Len(t, slips, 1)
	k, err := openKept(noticed)
	require.NoError(t, err)
	require.NoError(t, k.add(Fate{Key: slips[0].key(), Slip: slips[0].String()}))
	require.NoError(t, k.add(Fate{Key: "other", Noticed: "own tests"}))
	r := newReport(slips, k, arguments)
	require.NotContains(t, r.text(false), "SURVIVED", "it is argued about")
	require.Contains(t, r.text(false), "buffer: 1 slips, 0 noticed, 1 argued, 0 survived")
	require.Equal(t, allNoticed, r.status(false))
	require.Equal(t, notAll, r.status(true), "most arguments are about nothing here")
	require.Contains(t, r.markdown(), "| buffer | all | 1 | 0 | 0 | 0 | 1 | 0 |")
	require.NoError(t, k.close())

	for on, known := range map[reliance]int{nothing: 0, noticed: 1, everything: 2} {
		k, err := openKept(on)
		require.NoError(t, err)
		require.Len(t, k.known, known)
		require.NoError(t, k.close())
	}
	require.NoError(t, os.WriteFile(filepath.Join(directory, "fates.jsonl"), []byte("{"), 0o666))
	_, err = openKept(noticed)
	require.ErrorContains(t, err, "fates.jsonl:1: ")
}

func TestUsage(t *testing.T) {
	inRoot(t)
	for _, args := range [][]string{{"-run", "("}, {"left"}, {"-procs", "0"}, {"-into", "f", "-run", "x"}, {"-run", "matches nothing"}} {
		var stderr bytes.Buffer
		require.Equal(t, unusable, run(t.Context(), args, &stderr, &stderr), args)
		require.Contains(t, stderr.String(), "mutate: ")
	}
}
