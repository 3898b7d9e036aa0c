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

	"annulus/linearizability"
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

// splitWords takes a line apart as a shell would, as far as examples need that.
func splitWords(line string) (words []string) {
	line, _, _ = strings.Cut(line, " #")
	for _, word := range regexp.MustCompile(`'[^']*'|\S+`).FindAllString(line, -1) {
		words = append(words, strings.Trim(word, "'"))
	}
	return words
}

// Every example of every usage text runs, one after the other, where there is what
// the module's root has.
func TestExamples(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(root, "linearizability", "testdata"), os.DirFS("../../testdata")))
	t.Chdir(root)
	t.Setenv("VERIFY_TIME", "1s") // instead of two minutes
	all := scenarios
	scenarios = func() []linearizability.Program { return all()[:len(all())-1] } // without the broken one
	defer func() { scenarios = all }()
	for _, c := range commands() {
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

// documented checks that what is printed is JSON line by line, and that every key
// is in the text about it.
func documented(t *testing.T, name, about, out string) {
	t.Helper()
	require.NotEmpty(t, about, name)
	if name == "merge" || name == "minimise" {
		about += resultJSON // which it refers to
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

or, built once, and with [completion](#completion) for your shell:

    go build -o .annulus/annulus ./linearizability/cmd/annulus

(` + "`go run`" + ` prints the exit status and itself exits with 1.) With ` + "`-json`" + ` every
command that reports something prints one JSON object on a line, and nothing else, on
standard output. On a terminal, and only there, long work shows on standard error how
far it is. A bad file gets an error that names the file, the line, what was found and
what was expected.

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
