package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// offered is what complete offers for the last word.
func offered(t *testing.T, words ...string) (list []string) {
	t.Helper()
	status, out, errs := annulus(append([]string{"complete", "--"}, words...)...)
	require.Equal(t, passed, status)
	require.Empty(t, errs)
	for line := range strings.Lines(out) {
		word, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		list = append(list, word)
	}
	return list
}

func TestComplete(t *testing.T) {
	for _, c := range []struct{ words, want string }{
		{"ver", "verify version"},
		{"comp", "completion"},
		{"verify -s", "-seed -shard"},
		{"verify -shard ", ""},
		{"verify -dir ", ":directories"},
		{"verify -report ", ":files"},
		{"verify -run own", "own-guard"},
		{"verify -first ", ""},
		{"explore own", "own-guard :files"},
		{"explore -strategy p", "pct pos portfolio"},
		{"explore -json own", "own-guard :files"},
		{"explore --seed 3 own", "own-guard :files"},
		{"explore own-guard ", ""},
		{"measure -scenario own", "own-guard"},
		{"measure -strategies dp", "dpor"},
		{"diff a.txt ", ":files"},
		{"diff a.txt b.txt ", ""},
		{"merge a b c d ", ":files"},
		{"replay a -- ", ""},
		{"replay -j", "-json"},
		{"completion ", "bash zsh fish"},
		{"help expl", "explore"},
		{"fly ", ""},
	} {
		assert.Equal(t, strings.Fields(c.want), append([]string{}, offered(t, strings.Split(c.words, " ")...)...), c.words)
	}
	assert.Empty(t, offered(t))
	_, out, _ := annulus("complete", "--", "")
	assert.Contains(t, out, "verify\texplore the scenarios and judge every execution\n")
	assert.NotContains(t, out, "worker")
}

// bash, with the script in it, offers what complete does.
func TestCompletionInBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a file"), nil, 0o666))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "a directory"), 0o777))
	_, script, _ := annulus("completion", "bash")
	const ask = `
complete -p annulus
annulus() { ` + commandVariable + `=1 "$COMMAND" "$@"; }
ask() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _annulus
    printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' '|'
    echo
}
ask annulus ver
ask annulus verify -sh
ask annulus explore -strategy d
ask annulus replay 'a '
ask annulus verify -dir a
ask annulus explore own
ask annulus fly ''
`
	cmd := exec.Command(bash, "-c", script+ask)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "COMMAND="+os.Args[0], "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Equal(t, `complete -F _annulus annulus
verify|version|
-shard|
dfs|dpor|
a directory|a file|
a directory|
own-guard|
|
`, string(out))
}

// The other shells can at least read their scripts.
func TestCompletionIsReadable(t *testing.T) {
	for _, shell := range shells {
		t.Run(shell, func(t *testing.T) {
			status, script, errs := annulus("completion", shell)
			require.Equal(t, passed, status, errs)
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("there is no %s", shell)
			}
			file := filepath.Join(t.TempDir(), "script")
			require.NoError(t, os.WriteFile(file, []byte(script), 0o666))
			out, err := exec.Command(path, "-n", file).CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
}
