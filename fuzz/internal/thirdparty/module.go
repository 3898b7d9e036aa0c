package thirdparty

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"annulus/fuzz/internal/unmodified"
	"annulus/fuzz/internal/workbench"
)

// module is a module that others have written.
type module struct {
	path, version string
	packages      []string // to be explored, as the go command knows them from the module's root
}

// modules are always the same, so that what is found can be compared.
var modules = []module{
	{"golang.org/x/sync", "v0.25.0", []string{"./errgroup", "./semaphore", "./singleflight"}},
	{"github.com/sourcegraph/conc", "v0.3.0", []string{"./..."}},
	{"github.com/alitto/pond/v2", "v2.7.1", []string{"."}},
	{"github.com/smallnest/ringbuffer", "v0.2.1", []string{"."}},
}

// Every test is explored for so many schedules, or so long.
const (
	budget = 20_000
	limit  = time.Second
)

// explore explores a copy of the module in the directory, with the binary of annulus.
func (m module) explore(ctx context.Context, tool, dir string) ([]unmodified.Result, error) {
	source, err := m.download(ctx, dir)
	if err != nil {
		return nil, err
	}
	// The copy may be written to, as the cache of modules may not, and must not be.
	fresh := filepath.Join(dir, strings.ReplaceAll(m.path, "/", "-"))
	if err := os.CopyFS(fresh, os.DirFS(source)); err != nil {
		return nil, err
	}
	args := append([]string{"-schedules", strconv.Itoa(budget), "-time", limit.String()}, m.packages...)
	results, err := unmodified.Explore(ctx, tool, fresh, dir, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.path, err)
	}
	return results, nil
}

// download has the go command fetch the module, and returns where its files are.
func (m module) download(ctx context.Context, dir string) (string, error) {
	var out, errs bytes.Buffer
	job := workbench.Job{
		Binary: "go", Args: []string{"mod", "download", "-json", m.path + "@" + m.version}, Dir: dir,
		Stdout: &out, Stderr: &errs,
	}
	o, err := job.Run(ctx)
	if err != nil {
		return "", err
	}
	var answer struct{ Dir, Error string }
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		return "", fmt.Errorf("go mod download: exit status %d: %w\n%s", o.Status, err, &errs)
	}
	if answer.Error != "" || answer.Dir == "" {
		return "", errors.New("go mod download: " + answer.Error)
	}
	return answer.Dir, nil
}

// name returns that of a test of the module in a table: its package below the module's root,
// and its own.
func (m module) name(r *unmodified.Result) string {
	below := strings.TrimPrefix(strings.TrimPrefix(r.Package, m.path), "/")
	if below == "" {
		return r.Test
	}
	return below + " " + r.Test
}
