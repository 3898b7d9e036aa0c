package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/scenario"
)

var update = flag.Bool("update", false, "write docs/command.md")

func TestEveryCommandIsExplained(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range commands() {
		assert.False(t, seen[c.name], c.name)
		seen[c.name] = true
		assert.NotEmpty(t, c.summary, c.name)
		assert.NotContains(t, c.summary, "\n", c.name)
		assert.Equal(t, strings.ToLower(c.summary[:1]), c.summary[:1], c.name)
		f, _ := c.flags()
		f.VisitAll(func(each *flag.Flag) { assert.NotEmpty(t, each.Usage, "%s -%s", c.name, each.Name) })
		if f.Lookup("json") != nil {
			assert.NotEmpty(t, c.json, "%s has -json, and nothing says what it prints", c.name)
		}
		if !c.internal {
			assert.NotEmpty(t, c.examples, c.name)
		}
	}
}

// splitWords splits a line into words as a shell would, as far as the examples need it.
func splitWords(line string) (words []string) {
	line, _, _ = strings.Cut(line, " #")
	for _, word := range regexp.MustCompile(`'[^']*'|\S+`).FindAllString(line, -1) {
		words = append(words, strings.Trim(word, "'"))
	}
	return words
}

// Every example of every usage text runs, one after the other, in a directory that has what
// they need of the module's root.
func TestExamples(t *testing.T) {
	root := t.TempDir()
	for _, room := range []string{"history", "scenario"} {
		from := filepath.Join("..", "..", room, "testdata")
		require.NoError(t, os.CopyFS(filepath.Join(root, "linearizability", room, "testdata"), os.DirFS(from)))
	}
	packages := filepath.Join("linearizability", "cmd", "annulus", "testdata", "ordinary")
	require.NoError(t, os.CopyFS(filepath.Join(root, packages), os.DirFS(filepath.Join("testdata", "ordinary"))))
	require.NoError(t, os.WriteFile(filepath.Join(root, "go.mod"), []byte("module example.com/annulus\n\ngo 1.25\n"), 0o666))
	t.Chdir(root)
	t.Setenv("VERIFY_TIME", "1s") // instead of two minutes
	all := scenarios
	scenarios = func() []scenario.Program { return all()[:len(all())-1] } // without the broken one
	defer func() { scenarios = all }()
	for _, c := range commands() {
		if c.name == testCommand.name && testing.Short() {
			continue // the standard library has to be built
		}
		for _, line := range c.examples {
			words := splitWords(line)
			require.Equal(t, "annulus", words[0])
			assert.Contains(t, []string{c.name, "merge"}, words[1], line)
			status, out, errs := annulus(words[1:]...)
			assert.Empty(t, errs, line)
			assert.NotEmpty(t, out, line)
			want := passed
			if strings.Contains(line, "# fails") || c.name == "replay" {
				want = failed
			}
			assert.Equal(t, want, status, "%s\n%s", line, out)
			if strings.Contains(line, "-json") {
				documented(t, c.name, c.json, out)
			}
		}
	}
}

// documented checks that every printed line is JSON, and that the text about it has every
// key.
func documented(t *testing.T, name, about, out string) {
	t.Helper()
	require.NotEmpty(t, about, name)
	if name == "merge" || name == "minimise" {
		about += resultJSON // the text refers to it
	}
	out = regexp.MustCompile(`"explanation":\{.*\}`).ReplaceAllString(out, `"explanation":{}}`) // described elsewhere
	for line := range strings.Lines(out) {
		assert.True(t, strings.HasPrefix(line, "{") && strings.HasSuffix(line, "}\n"), "%s: %s", name, line)
		for _, key := range regexp.MustCompile(`"([a-z_]+)":`).FindAllStringSubmatch(line, -1) {
			assert.Regexp(t, `\b`+key[1]+`\b`, about, "%s: %s", name, line)
		}
	}
}

// document is docs/command.md.
func document() string {
	var b bytes.Buffer
	b.WriteString(`# The command

<!-- Written by go test ./linearizability/cmd/annulus -run TestDocumentation -update -->

From the root of the module:

    go run ./linearizability/cmd/annulus COMMAND

or, built once:

    go build -o .annulus/annulus ./linearizability/cmd/annulus

(` + "`go run`" + ` prints the exit status and itself exits with 1.) With ` + "`-json`" + ` every
command that reports something prints one JSON object on a line, and nothing else, on
standard output. On a terminal, and only there, long work shows on standard error how
far it is. Ctrl-C ends any command with what is known so far; a second one ends it at
once.

## Files

A file that was cut, has lost a part or holds something else is refused, with status 2
and an error that names the file, the line, what was found and what was expected.

| file | begins with | whole if | at most |
|---|---|---|---|
| schedule, in text | ` + "`annulus schedule v2`, behind comments" + ` | its last line is ` + "`end 37`" + `, the number of steps | 16 MiB |
| program, in text | | its last line is ` + "`end 6`" + `, the number of lines before it that are not empty and no comments | 1 MiB |
| [history](histories.md), lines of JSON | ` + "`\"version\":2`" + ` in the first line | its last line is ` + "`{\"end\":37}`" + `, the number of operations | 64 MiB, 40,000 operations |
| [trace](trace-format.md), JSON | ` + "`\"version\": 2`" + ` | all fields are there that always are, and ` + "`count`" + ` is the number of events | 32 MiB |
| report of a test, JSON | ` + "`annulus report v2`" + ` | all fields are there, and what it holds comes to its verdict and its numbers of classes and failures | 64 MiB |
| report of verify, JSON | ` + "`annulus verification v2`" + ` | the same, and ` + "`scenarios`" + ` is the number of results, each of which has its reports and as many marks as histories | 64 MiB |

Version 1 had no such ends. A schedule or a history of that version that is known to be
whole becomes one of version 2 by the new version and the last line; traces and reports
are made anew.

A name of a task, an object or a program has at most 4096 bytes, that of a scenario 200;
of other texts of a program, such as messages and values, failures keep 16 KiB. A
verdict on a history is given up (UNDECIDED) after 4,194,304 steps of the model or
256 MiB: more than some 20 operations under way at once can take that, or thousands of
blocks alive at once. For 81 operations, 41 of them at once, ` + "`annulus check`" + ` needs 3 s
and 500 MB; the longest schedules that it reads need 3 s and 480 MB, and a trace of 32 MiB
8 s and 510 MB.

Names in files, in programs and on the command line are shown, not obeyed: what a
terminal would act on is written as in ` + "`\\u001b`" + `, and commands to be pasted are quoted
for a POSIX shell.

## Exit status

| | |
|---|---|
`)
	for _, e := range exits {
		fmt.Fprintf(&b, "| %d | %s |\n", e.status, e.meaning)
	}
	for _, c := range commands() {
		if !c.internal {
			fmt.Fprintf(&b, "\n## %s\n\n```\n%s```\n", c.name, c.usage())
		}
	}
	return b.String()
}

func TestDocumentation(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "command.md")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(document()), 0o666))
	}
	written, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, document(), string(written), "go test ./linearizability/cmd/annulus -run TestDocumentation -update writes it")
}

func TestDistance(t *testing.T) {
	for pair, want := range map[[2]string]int{
		{"", ""}: 0, {"", "abc"}: 3, {"abc", ""}: 3, {"verify", "verify"}: 0, {"verfy", "verify"}: 1,
		{"kitten", "sitting"}: 3, {"ab", "ba"}: 2,
	} {
		assert.Equal(t, want, distance(pair[0], pair[1]), pair)
	}
}
