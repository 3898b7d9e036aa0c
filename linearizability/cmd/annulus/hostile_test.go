package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/scenario"
	"annulus/schedules"
	"annulus/schedules/quote"
	"annulus/schedules/trace"
)

// Names that do harm where they are shown, or pasted, without being escaped.
const (
	pasted = "x;touch${IFS}p'`touch p`$(touch p)&|#"
	shown  = "\x1b[31m\x1b]0;t\x07\r\u202e\u2066\u009b31m\xff\x7f"
)

// requireShown checks that the text has nothing that a terminal would act on.
func requireShown(t *testing.T, text string, about ...any) {
	t.Helper()
	require.Equal(t, quote.Text(text), text, about...)
}

// hostileFiles makes files of every kind with hostile names in them, in a directory with
// one, and the program from which some come a scenario.
func hostileFiles(t *testing.T) (dir string, files map[string]string) {
	before := scenarios
	t.Cleanup(func() { scenarios = before })
	program := broken
	program.Name = pasted
	program.Tasks = []scenario.Task{{Name: "t;`touch${IFS}p`", Ops: broken.Tasks[0].Ops}}
	scenarios = func() []scenario.Program { return []scenario.Program{program} }

	dir = filepath.Join(t.TempDir(), pasted+shown)
	require.NoError(t, os.MkdirAll(dir, 0o777))
	files = map[string]string{}
	write := func(name, text string) {
		files[name] = filepath.Join(dir, name+shown)
		require.NoError(t, os.WriteFile(files[name], []byte(text), 0o666))
	}
	write("program", program.FileText())
	write("nonsense", shown)
	steps := []schedules.Step{{Task: shown, Op: "Load", Object: shown}, {Task: pasted, Op: "Load", Object: pasted}}
	for name, s := range map[string]schedules.Schedule{
		"a":         {Story: shown, Program: shown, Steps: steps},
		"b":         {Story: shown, Program: shown, Steps: steps[:1]},
		"other":     {Program: "annulus.Test" + shown, Steps: steps},
		"diverging": {Program: program.Name, Steps: steps},
	} {
		write(name, s.String())
	}
	write("history", `{"format":"annulus history","version":2,"ring":{"capacity":512,"classes":[64,128]},"tasks":["main\u001b[1m","\u202e"],"blocks":["\u009b"]}
{"task":0,"call":10,"return":20,"op":"Alloc","n":60,"addr":0,"size":64,"outcome":"ok"}
{"task":0,"call":30,"return":40,"op":"Release","addr":0,"tag":1,"outcome":"ok"}
{"task":1,"call":35,"return":60,"op":"Bytes","addr":0,"outcome":"stale"}
{"end":3}
`)
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		s.Go("t"+shown, func() { s.Logf("log %s", shown) })
		s.Observe("o"+shown, func() string { return shown })
		s.Invoke("i"+shown, func() string { return shown })
		s.Return(func() string { return shown })
		s.Wait()
		panic("p " + shown)
	}, schedules.Config{})
	r.Program = "program" + shown
	files["report"] = filepath.Join(dir, "report")
	require.NoError(t, r.Save(files["report"]))
	var b strings.Builder
	require.NoError(t, trace.Write(&b, r.Failure.Trace))
	files["trace"] = filepath.Join(dir, "trace.json")
	require.NoError(t, os.WriteFile(files["trace"], []byte(b.String()), 0o666))
	return dir, files
}

// Whatever names are in files, in programs and on the command line, the output of every
// command is plain text, also in JSON and in pages, and can be pasted.
func TestHostileNamesAreShown(t *testing.T) {
	dir, files := hostileFiles(t)
	t.Chdir(t.TempDir())
	kept := filepath.Join(dir, pasted, "schedule.txt")
	seen := map[string]bool{}
	var commands []string
	for _, args := range [][]string{
		{shown}, {"help", shown}, {"help"}, {"version"}, {"-" + shown},
		{"list"}, {"list", "-names"}, {"list", "-json"}, {"list", "-" + shown}, {"list", shown},
		{"explore", "-dir", dir, pasted}, {"explore", "-json", "-dir", dir, pasted}, {"explore", "-dir", dir, files["program"]},
		{"explore", shown}, {"explore", files["nonsense"]}, {"explore", "-strategy", shown, pasted},
		{"replay", kept}, {"replay", "-json", kept}, {"replay", files["a"]}, {"replay", files["nonsense"]}, {"replay", files["diverging"]}, {"replay", kept, "--", shown},
		{"replay", files["other"]},
		{"trace", kept}, {"trace", "-whole", kept}, {"trace", "-json", kept}, {"trace", "-html", kept}, {"trace", "-perfetto", kept},
		{"trace", files["trace"]}, {"trace", "-whole", files["trace"]}, {"trace", "-json", files["trace"]}, {"trace", "-html", files["trace"]}, {"trace", "-perfetto", files["trace"]},
		{"trace", "-html", "-o", filepath.Join(dir, "page"+shown), files["trace"]}, {"trace", files["other"]}, {"trace", shown},
		{"minimise", "-dir", filepath.Join(dir, "minimal"), kept}, {"minimise", files["other"]}, {"minimise", files["nonsense"]},
		{"check", files["history"]}, {"check", "-json", files["history"]}, {"check", files["nonsense"]}, {"check", shown}, {"check", "-html", files["history"]},
		{"merge", "-dir", dir, files["report"]}, {"merge", "-json", "-dir", dir, files["report"]}, {"merge", files["nonsense"]},
		{"measure", "-scenario", pasted, "-seeds", "1", "-limit", "2"}, {"measure", "-scenario", shown}, {"measure", "-json", "-scenario", pasted, "-seeds", "1", "-limit", "2"},
		{"test", shown}, {"test", "-strategy", shown}, {"test", "-leaks", shown}, {"test", "-shard", shown},
		{"verify", "-run", shown}, {"verify", "-report", filepath.Join(files["nonsense"], "x"), "-run", "."},
	} {
		seen[args[0]] = true
		_, out, errs := annulus(args...)
		requireShown(t, out, "the output of %q", args)
		requireShown(t, errs, "the errors of %q", args)
		require.NotEmpty(t, out+errs, "%q", args)
		commands = append(commands, reproduce.FindAllString(out+errs, -1)...)
	}
	for _, c := range append(commands_(), "verify") {
		assert.True(t, seen[c], "%s has no hostile names in this test", c)
	}
	require.NotEmpty(t, commands)
	requirePasted(t, commands, kept)
	for _, path := range []string{filepath.Join(dir, "page"+shown), files["trace"], filepath.Join(filepath.Dir(kept), "trace.html"), filepath.Join(filepath.Dir(kept), "trace.txt"), kept, files["a"]} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		requireShown(t, string(text), "%q", path)
	}
}

// commands_ are the names of the commands for people.
func commands_() (names []string) {
	for _, c := range commands() {
		if !c.internal {
			names = append(names, c.name)
		}
	}
	return names
}

// reproduce matches a line with a command to be pasted.
var reproduce = regexp.MustCompile(`(?m)^reproduce: +.*$`)

// requirePasted has a shell read the commands, and checks that it runs nothing else, and
// that one of them names the file.
func requirePasted(t *testing.T, commands []string, file string) {
	sh, err := exec.LookPath("sh")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no POSIX shell")
	}
	dir := t.TempDir()
	named := false
	for _, line := range commands {
		_, command, _ := strings.Cut(line, ":")
		cmd := exec.Command(sh, "-c", fmt.Sprintf("annulus() { printf '%%s\\n' annulus \"$@\"; }\n%s", command))
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", command, out)
		named = named || strings.HasSuffix(string(out), "\nreplay\n"+file+"\n")
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries, "a command has made a file")
	assert.True(t, named, "no command names %q: %s", file, commands)
}
