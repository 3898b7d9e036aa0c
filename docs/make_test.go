package docs_test

import (
	"go/ast"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// make test shows packages as they end, the output of what fails and nothing else, and
// it fails unless every package that began has passed.
func TestProgress(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the go command")
	}
	awk, err := exec.LookPath("awk")
	if err != nil {
		t.Skip(err)
	}
	module := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":            "module m\n\ngo 1.25\n",
		"good/x_test.go":    "package good\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) { t.Log(\"quiet\") }\n",
		"bad/x_test.go":     "package bad\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) { t.Run(\"sub\", func(t *testing.T) { t.Error(\"\\\"loud\\\" <\\t> é\") }) }\n\nfunc TestY(t *testing.T) { t.Log(\"quiet\") }\n",
		"panics/x_test.go":  "package panics\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) { panic(\"at the disco\") }\n",
		"refused/x_test.go": "package refused\n\nfunc unknown() { nothing() }\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(module, name)), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(module, name), []byte(text), 0o666))
	}
	filter := func(lines string) (string, bool) {
		cmd := exec.Command(awk, "-f", filepath.Join(root, ".ci", "progress.awk"))
		cmd.Stdin = strings.NewReader(lines)
		out, err := cmd.CombinedOutput()
		return string(out), err == nil
	}
	test := func(packages ...string) (string, bool) {
		cmd := exec.Command("go", append([]string{"test", "-count=1", "-json"}, packages...)...)
		cmd.Dir = module
		out, _ := cmd.Output()
		return filter(string(out))
	}
	out, passed := test("./good")
	require.True(t, passed, out)
	require.Regexp(t, `^ok   m/good +\d+\.\d s\nPASS: 1 packages\n$`, out)
	out, passed = test("./...")
	require.False(t, passed)
	for _, want := range []string{
		"    x_test.go:5: \"loud\" <\t> é\n", "--- FAIL: TestX", "FAIL m/bad ", "ok   m/good ", "panic: at the disco", "FAIL m/panics ",
		"undefined: nothing", "FAIL m/refused ", "FAIL: 3 packages failed, 1 passed\n",
	} {
		require.Contains(t, out, want)
	}
	require.NotContains(t, out, "quiet")
	out, passed = filter(`{"Action":"start","Package":"m/killed"}` + "\n")
	require.False(t, passed)
	require.Contains(t, out, "FAIL m/killed has not ended\n")
	_, passed = filter("")
	require.False(t, passed, "nothing was tested")
}

// make cross finds what does not compile on another system, in tests, too.
func TestTypecheck(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the go command")
	}
	checker, err := filepath.Abs(filepath.Join(root, ".ci", "typecheck.go"))
	require.NoError(t, err)
	module := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(module, name), []byte(text), 0o666))
	}
	write("go.mod", "module m\n\ngo 1.25\n")
	write("x.go", "package m\n\nimport \"unsafe\"\n\nvar X [unsafe.Sizeof(uintptr(0))]byte\n")
	write("x_test.go", "package m\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) { var _ [8]byte = X }\n")
	check := func(systems ...string) (string, bool) {
		cmd := exec.Command("go", append([]string{"run", checker}, systems...)...)
		cmd.Dir = module
		out, err := cmd.CombinedOutput()
		return string(out), err == nil
	}
	out, passed := check("linux/amd64")
	require.True(t, passed, out)
	out, passed = check("linux/386", "darwin/arm64")
	require.False(t, passed)
	require.Contains(t, out, "x_test.go:5:")
	require.Contains(t, out, "does not build: linux/386")
	require.Contains(t, out, "builds: darwin/arm64")
	write("y_windows.go", "package m\n\nvar Y = missing\n")
	out, passed = check("windows/amd64")
	require.False(t, passed)
	require.Contains(t, out, "y_windows.go:3:")
}

// What make quick and make race leave out is there, and README and CONTRIBUTING name it first.
func TestQuick(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	require.NoError(t, err)
	left := regexp.MustCompile(`(?m)^(?:SLOW|ALONE) +:= (.*)$`).FindAllStringSubmatch(string(makefile), -1)
	require.Len(t, left, 2)
	functions := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				functions[f.Name.Name] = true
			}
		}
	}
	for _, names := range left {
		for name := range strings.FieldsSeq(names[1]) {
			require.True(t, functions[name], name)
		}
	}
	for _, page := range []string{"README.md", "CONTRIBUTING.md"} {
		text := pages(t)[page]
		require.Equal(t, "make quick", regexp.MustCompile("(?m)^    (make [a-z]+) {2,}#").FindStringSubmatch(text)[1], page)
	}
}

// lucky are calls that make what a test comes to depend on luck, on time, on a checkout
// or on earlier runs, and where they are allowed, and why.
var lucky = []struct {
	call    string
	allowed []string
}{
	{`time\.(Sleep|Now|Since|After|Tick|NewTimer)\(`, []string{
		"schedules/goroutines_test.go",                                       // a goroutine that never comes sleeps for an hour
		"schedules/overlay/selftest/selftest_test.go",                        // only built with an overlay, where time is virtual
		"schedules/timed_native_test.go",                                     // in a bubble of synctest, where time is virtual
		"linearizability/cmd/annulus/testdata/ordinary/memory/order_test.go", // only explored, where time is virtual
		"schedules/casewords_test.go",                                        // lines that are read, and not run
		// These wait for an instant at which something else happens, too, in either order.
		"fuzz/bugs/ordinary/correct/oneanswer/oneanswer_test.go",
		"fuzz/bugs/ordinary/expirytick/broken/expirytick_test.go", "fuzz/bugs/ordinary/expirytick/fixed/expirytick_test.go",
		"fuzz/bugs/ordinary/lateanswer/broken/lateanswer_test.go", "fuzz/bugs/ordinary/lateanswer/fixed/lateanswer_test.go",
	}},
	{`context\.With(Timeout|Deadline)\(`, []string{
		"linearizability/cmd/annulus/testdata/ordinary/memory/order_test.go", // only explored, where time is virtual
		"schedules/trace/browser/chromium_test.go",                           // kills a browser that hangs
		"schedules/overlay/selftest/selftest_test.go",                        // only built with an overlay, where time is virtual
	}},
	{`\.(Eventually|EventuallyWithT|Never)\(`, nil},
	{`\brand\.(Int|Int32|Int64|Uint32|Uint64|IntN|UintN|Int64N|Uint64N|N|Float64|Perm|Shuffle)\(`, []string{
		"buffer/encoding_test.go",                     // there rand is a generator with a seed
		"schedules/overlay/selftest/selftest_test.go", // only built with an overlay, where numbers are functions of the seed
	}},
	{`exec\.Command\("git"`, nil},
	{`"go", "test", "-(?:run|overlay|short|v)`, nil}, // without -count=1 or -c
}

// No test depends on luck, on time, on a git checkout, or on what an earlier run left.
// Benchmarks may look at the clock.
func TestNoTestDependsOnLuck(t *testing.T) {
	seeded := map[string]bool{}
	rapid := map[string]string{}
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() && p != root && strings.HasPrefix(d.Name(), ".") {
			if err == nil {
				err = filepath.SkipDir
			}
			return err
		}
		rel, _ := filepath.Rel(root, p)
		rel = filepath.ToSlash(rel)
		if !strings.HasSuffix(rel, "_test.go") || path.Base(rel) == "bench_test.go" || rel == "docs/make_test.go" {
			return nil
		}
		content, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		text := string(content)
		for _, l := range lucky {
			found := regexp.MustCompile(l.call).FindString(text)
			allowed := false
			for _, file := range l.allowed {
				allowed = allowed || file == rel
			}
			require.True(t, found == "" || allowed, "%s: %s", rel, found)
		}
		if strings.Contains(text, "rapid.Check(") {
			rapid[path.Dir(rel)] = rel
		}
		if strings.Contains(text, `"rapid.seed"`) {
			seeded[path.Dir(rel)] = true
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, rapid)
	for dir, file := range rapid {
		require.True(t, seeded[dir], "%s draws from another seed in every run", file)
	}
}
