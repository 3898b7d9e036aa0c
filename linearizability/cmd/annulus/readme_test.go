package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The code in the first half of README is that of the files in docs/unmodified, and what it
// says that annulus test prints of them is what is printed.
func TestREADMEShowsWhatIsPrinted(t *testing.T) {
	if testing.Short() {
		t.Skip("the standard library has to be built")
	}
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	half, _, _ := strings.Cut(string(readme), "\n## The ring\n")

	t.Chdir(t.TempDir())
	require.NoError(t, os.CopyFS(".", os.DirFS(filepath.Join(root, "docs", "unmodified"))))
	var source strings.Builder
	for _, name := range []string{"queue.go", "queue_test.go"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		source.WriteString(string(text))
	}
	blocks := regexp.MustCompile("(?s)\n```go\n(.*?)```\n").FindAllStringSubmatch(half, -1)
	require.Len(t, blocks, 2)
	for _, b := range blocks {
		require.Contains(t, source.String(), b[1])
	}

	status, out, errs := annulus("test")
	require.Empty(t, errs)
	require.Equal(t, failed, status)
	_, shown, found := strings.Cut(half, "<!-- unmodified: TestREADMEShowsWhatIsPrinted holds this to what is printed -->\n\n```\n")
	require.True(t, found)
	shown, _, _ = strings.Cut(shown, "```\n")
	require.Equal(t, shown, withoutPlaces(out))
}

// withoutPlaces leaves out of what annulus test prints of one test where it is kept, what
// repeats it, and how long everything took.
func withoutPlaces(out string) string {
	out, _, _ = strings.Cut(out, "\nkept in: ")
	var lines []string
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "reproduce: ") {
			lines = append(lines, line)
		}
	}
	return regexp.MustCompile(`, \d+\.\d+ s\n`).ReplaceAllString(strings.Join(lines, ""), "\n")
}
