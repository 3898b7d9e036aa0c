package coverage

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"annulus/fuzz/internal/workbench"
)

// unexecuted runs the buffer's own tests, except those that depend on chance, and returns
// the statements that none executes, in the order of their places.
func unexecuted(ctx context.Context) ([]string, error) {
	profile := filepath.Join(directory, "statements.out")
	if err := os.MkdirAll(directory, 0o777); err != nil {
		return nil, err
	}
	if err := workbench.Go(ctx, nil, "test", "-count=1", "-skip=^TestStress", "-coverprofile="+profile, "./buffer"); err != nil {
		return nil, fmt.Errorf("the buffer's own tests: %w", err)
	}
	file, err := os.Open(profile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return parseProfile(file)
}

// parseProfile returns the statements of a profile of go test that are not executed.
// A line of it has a place, the number of statements there and how often they ran.
func parseProfile(r io.Reader) (list []string, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) != 3 {
			continue // the mode
		}
		if f[2] == "0" {
			list = append(list, fmt.Sprintf("%s: no test of the buffer's own executes it", strings.TrimPrefix(f[0], "annulus/")))
		}
	}
	return list, lines.Err()
}
