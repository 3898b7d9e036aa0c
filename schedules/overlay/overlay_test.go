package overlay_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"annulus/schedules/overlay"
)

// here is the toolchain of the test, as it is used for a system that is known.
func here(t *testing.T) overlay.Toolchain {
	t.Helper()
	out, err := exec.Command("go", "env", "-json", "GOVERSION", "GOROOT").Output()
	require.NoError(t, err)
	var env struct{ GOVERSION, GOROOT string }
	require.NoError(t, json.Unmarshal(out, &env))
	return overlay.Toolchain{Version: env.GOVERSION, Target: "linux/amd64", Root: env.GOROOT}
}

// replaced writes the overlay and returns what it replaces by what.
func replaced(t *testing.T, o *overlay.Overlay, packages ...overlay.Package) map[string]string {
	t.Helper()
	list := filepath.Join(t.TempDir(), "overlay.json")
	require.NoError(t, o.Write(t.TempDir(), list, packages))
	text, err := os.ReadFile(list)
	require.NoError(t, err)
	var all struct{ Replace map[string]string }
	require.NoError(t, json.Unmarshal(text, &all))
	return all.Replace
}

// Every file of the overlay is Go, apart from those of pages and an empty one of assembly,
// and no test is among them.
func TestFiles(t *testing.T) {
	tool := here(t)
	o, err := overlay.New(tool)
	require.NoError(t, err)
	files := replaced(t, o)
	src := filepath.Join(tool.Root, "src")
	for _, name := range []string{
		"runtime/chan.go", "runtime/annulus.go", "sync/annulus.go", "sync/atomic/annulus.go", "testing/annulus.go",
		"annulus/schedules/engine.go", "annulus/schedules/overlay/driver/driver.go", "annulus/schedules/trace/page.css",
	} {
		require.Contains(t, files, filepath.Join(src, filepath.FromSlash(name)))
	}
	for place, file := range files {
		require.False(t, strings.HasSuffix(place, "_test.go"), place)
		if strings.HasSuffix(place, ".go") {
			_, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			require.NoError(t, err, place)
		}
	}
}

// A package that is tested gets a file, which is in no directory of it.
func TestPackageGetsTheDriver(t *testing.T) {
	o, err := overlay.New(here(t))
	require.NoError(t, err)
	dir := t.TempDir()
	place := filepath.Join(dir, "annulus_driver_test.go")
	p := overlay.Package{Path: "example.com/x", Dir: dir, Name: "x_test"}
	text, err := os.ReadFile(replaced(t, o, p)[place])
	require.NoError(t, err)
	require.Contains(t, string(text), "package x_test\n")
	require.Contains(t, string(text), `driver.Of("example.com/x")`)
	require.NoFileExists(t, place)

	require.NoError(t, os.WriteFile(place, []byte("package x\n"), 0o666))
	require.ErrorContains(t, o.Write(t.TempDir(), filepath.Join(dir, "overlay.json"), []overlay.Package{p}), "is there already")
}

// The key tells overlays apart, and writing one twice changes nothing. Old ones go.
func TestKey(t *testing.T) {
	tool := here(t)
	one, err := overlay.New(tool)
	require.NoError(t, err)
	two, err := overlay.New(tool)
	require.NoError(t, err)
	require.Equal(t, one.Key, two.Key)
	changed := fake(t, tool, "sync/mutex.go", func(text string) string { return text + "\n// changed\n" })
	three, err := overlay.New(changed)
	require.NoError(t, err)
	require.NotEqual(t, one.Key, three.Key)

	dir, list := t.TempDir(), filepath.Join(t.TempDir(), "overlay.json")
	recent, old := filepath.Join(dir, "recent"), filepath.Join(dir, "old")
	require.NoError(t, os.Mkdir(recent, 0o777))
	require.NoError(t, os.Mkdir(old, 0o777))
	require.NoError(t, os.Chtimes(old, time.Unix(1e9, 0), time.Unix(1e9, 0)))
	require.NoError(t, one.Write(dir, list, nil))
	require.DirExists(t, recent)
	require.NoDirExists(t, old)
	before, err := os.Stat(filepath.Join(dir, one.Key, "runtime__chan.go"))
	require.NoError(t, err)
	require.NoError(t, one.Write(dir, list, nil))
	after, err := os.Stat(filepath.Join(dir, one.Key, "runtime__chan.go"))
	require.NoError(t, err)
	require.Equal(t, before.ModTime(), after.ModTime())
}

// fake is a toolchain like the given one, with one file changed.
func fake(t *testing.T, tool overlay.Toolchain, file string, change func(string) string) overlay.Toolchain {
	t.Helper()
	root := t.TempDir()
	for _, dir := range []string{"internal/race", "internal/runtime/maps", "runtime", "sync", "sync/atomic", "testing"} {
		from, to := filepath.Join(tool.Root, "src", dir), filepath.Join(root, "src", dir)
		require.NoError(t, os.MkdirAll(to, 0o777))
		files, err := filepath.Glob(filepath.Join(from, "*.*"))
		require.NoError(t, err)
		for _, f := range files {
			text, err := os.ReadFile(f)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(to, filepath.Base(f)), text, 0o666))
		}
	}
	name := filepath.Join(root, "src", filepath.FromSlash(file))
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, []byte(change(string(text))), 0o666))
	return overlay.Toolchain{Version: tool.Version, Target: "linux/amd64", Root: root}
}

// A toolchain that does not fit is refused, with a line that says why.
func TestMisfits(t *testing.T) {
	tool := here(t)
	gone := func(what string) func(string) string {
		return func(text string) string {
			require.Contains(t, text, what)
			return strings.Replace(text, what, "func somethingElse() {", 1)
		}
	}
	for _, test := range []struct {
		tool overlay.Toolchain
		want string
	}{
		{overlay.Toolchain{Version: "go1.24.3", Root: tool.Root}, "go1.24.3 is not supported: annulus knows go1.25 and go1.26"},
		{overlay.Toolchain{Version: "go1.250", Root: tool.Root}, "go1.250 is not supported"},
		{overlay.Toolchain{Version: "devel go1.27-abc", Root: tool.Root}, "devel go1.27-abc is not supported"},
		{overlay.Toolchain{Version: tool.Version, Target: "windows/amd64", Root: tool.Root}, "it compiles for windows/amd64; annulus knows linux/amd64 and linux/arm64"},
		{overlay.Toolchain{Version: tool.Version, Target: "linux/amd64", Root: t.TempDir()}, "its file runtime/chan.go cannot be read"},
		{fake(t, tool, "runtime/chan.go", gone("func closechan(c *hchan) {")), `its file runtime/chan.go has the line "func closechan(c *hchan) {" 0 times, not once`},
		{fake(t, tool, "runtime/string.go", gone("\tif raceenabled {")), `its file runtime/string.go has the text "raceenabled" 2 times, not 3`},
		{fake(t, tool, "sync/once.go", gone("func (o *Once) Do(f func()) {")), `its file sync/once.go has the line "func (o *Once) Do(f func()) {" 0 times`},
		{fake(t, tool, "runtime/runtime2.go", gone("\tgcAssistBytes int64")), "its file runtime/runtime2.go has the line"},
		{fake(t, tool, "sync/cond.go", func(text string) string { return text + "\nfunc (c *Cond) Wait() {\n" }), "2 times, not once"},
	} {
		_, err := overlay.New(test.tool)
		var misfit *overlay.Misfit
		require.ErrorAs(t, err, &misfit, test.want)
		require.ErrorContains(t, err, test.want)
		require.NotContains(t, err.Error(), "\n")
	}
}
