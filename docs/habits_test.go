package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// The jobs on GitHub are the steps of the gate, and the tests run on the oldest Go, too.
func TestJobsAreTheGate(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile(filepath.Join(root, path))
		require.NoError(t, err)
		return string(text)
	}
	jobs := read(".github/workflows/ci.yml")
	steps := regexp.MustCompile(`(?m)^(?:step|start) make (.+)$`).FindAllStringSubmatch(read(".ci/run"), -1)
	require.NotEmpty(t, steps)
	for _, step := range steps {
		require.Regexp(t, `(?m)^          - `+regexp.QuoteMeta(step[1])+`$`, jobs)
	}
	oldest := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read("go.mod"))
	require.Regexp(t, `(?m)^          - go: '`+regexp.QuoteMeta(oldest[1])+`'\n            make: test$`, jobs)
}

// Above the changes that are not released there is nothing, and below them are versions.
func TestChangelogHasVersions(t *testing.T) {
	headings := regexp.MustCompile(`(?m)^## (.+)$`).FindAllStringSubmatch(pages(t)["CHANGELOG.md"], -1)
	require.NotEmpty(t, headings)
	require.Equal(t, "Unreleased", headings[0][1])
	for _, h := range headings[1:] {
		require.Regexp(t, `^v\d+\.\d+\.\d+, \d{4}-\d\d-\d\d$`, h[1])
	}
}

// The files that CONTRIBUTING sends people to are there.
func TestContributingNamesFiles(t *testing.T) {
	named := regexp.MustCompile("`((?:[a-z]+/)+[a-z_-]+\\.(?:go|txt))`").FindAllStringSubmatch(pages(t)["CONTRIBUTING.md"], -1)
	require.Greater(t, len(named), 5)
	for _, m := range named {
		require.FileExists(t, filepath.Join(root, m[1]))
	}
}
