package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tutorialFile returns the text of a file of the tutorial.
func tutorialFile(t *testing.T, elements ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"tutorial"}, elements...)...))
	require.NoError(t, err)
	return string(text)
}

// Exploring a structure takes new import lines and no other change.
func TestOnlyTheImportsDiffer(t *testing.T) {
	code := func(text string) string {
		_, text, found := strings.Cut(text, "\nimport (\n")
		require.True(t, found)
		return text
	}
	swap := strings.NewReplacer(`"sync"`, `"annulus/schedules/sync"`, `"sync/atomic"`, `"annulus/schedules/atomic"`)
	for _, name := range []string{"stack.go", "queue.go", "cache.go"} {
		before := tutorialFile(t, "before", name)
		swapped := swap.Replace(before)
		assert.NotEqual(t, before, swapped, name)
		assert.Equal(t, code(swapped), code(tutorialFile(t, "swapped", name)), name)
	}
}

// The code that the tutorial shows is in its files, and the output that it shows is
// that of its Examples.
func TestTheTutorialShowsWhatIsRun(t *testing.T) {
	var files strings.Builder
	for _, pattern := range []string{"tutorial/*.go", "tutorial/*/*.go"} {
		paths, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, path := range paths {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			files.Write(text)
		}
	}
	page, err := os.ReadFile("tutorial.md")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)\n```(go|text)\n(.*?)```\n").FindAllStringSubmatch(string(page), -1)
	shown := map[string]int{}
	for _, b := range blocks {
		kind, text := b[1], b[2]
		shown[kind]++
		if kind == "text" {
			text = "\t// " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n\t// ") + "\n"
		}
		assert.Contains(t, files.String(), text, "a block of %s", kind)
	}
	assert.Positive(t, shown["go"])
	assert.Positive(t, shown["text"])
}
