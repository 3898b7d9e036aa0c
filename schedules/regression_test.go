package schedules_test

import (
	"context"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

func TestCheckReplayFailsAsLongAsTheProgramDoes(t *testing.T) {
	f := schedules.Explore(context.Background(), lostUpdate, schedules.Config{}).Failure
	f.Schedule.Program = "a test"
	tb := &fakeTB{}
	schedules.CheckReplay(tb, lostUpdate, f.Schedule.String())
	if len(tb.errors) != 1 || !strings.Contains(tb.errors[0], "FAIL an update was lost") || len(tb.logs) != 0 {
		t.Errorf("errors %q, logs %q", tb.errors, tb.logs)
	}
	tb = &fakeTB{}
	schedules.CheckReplay(tb, correctUpdate, f.Schedule.String())
	if len(tb.errors) != 0 || len(tb.logs) != 1 || !strings.Contains(tb.logs[0], "left the schedule at step 1: expected a Load int64#1") {
		t.Errorf("errors %q, logs %q", tb.errors, tb.logs)
	}
	tb = &fakeTB{}
	schedules.CheckReplay(tb, lostUpdate, f.Passing.Schedule.String())
	if len(tb.errors) != 0 || len(tb.logs) != 1 || !strings.Contains(tb.logs[0], "to its end") {
		t.Errorf("errors %q, logs %q", tb.errors, tb.logs)
	}
	tb = &fakeTB{}
	edited := updating(func(_ *S, n *atomic.Int64) { n.Store(n.Add(0) + 1) })
	schedules.CheckReplay(tb, edited, f.Schedule.String())
	if len(tb.errors) != 1 || len(tb.logs) != 1 {
		t.Errorf("errors %q, logs %q", tb.errors, tb.logs)
	}
}

func TestCheckReplayTellsWhatIsWrongWithTheText(t *testing.T) {
	for text, want := range map[string]string{
		"":                        `line 1: found the end; expected "annulus schedule v2"`,
		"\nannulus schedule v9\n": `line 2: found "annulus schedule v9"; expected "annulus schedule v2"`,
		"annulus schedule v2\nprogram x\nlimits steps=1 livelock=1 parking=true\na Load\na Lode x": `line 5: found "Lode" in "a Lode x"; expected the name of an operation`,
	} {
		tb := &fakeTB{}
		schedules.CheckReplay(tb, lostUpdate, text)
		if len(tb.errors) != 1 || !strings.Contains(tb.errors[0], want) {
			t.Errorf("%q: reported %q", text, tb.errors)
		}
	}
}

func TestTestSourceIsGo(t *testing.T) {
	for program, want := range map[string]string{
		"annulus/schedules.TestX/some case": "TestRegressionXSomeCase",
		"":                                  "TestRegression",
		"evict-and-free":                    "TestRegressionEvictAndFree",
		"x.TestÄrger/élan_2":                "TestRegressionÄrgerÉlan2",
	} {
		for _, task := range []string{"a", "a`b", "\r", "\xff"} {
			s := schedules.Schedule{Story: "left out", Program: program, Steps: []schedules.Step{{task, "Load", "int64#1"}}}
			source, err := s.TestSource("p", "schedules.CheckReplay(t, body, schedule)", "annulus/schedules")
			if err != nil || !strings.Contains(source, "func "+want+"(t *testing.T) {") || strings.Contains(source, s.Story) {
				t.Errorf("%v\n%s", err, source)
			}
			if formatted, err := format.Source([]byte(source)); err != nil || string(formatted) != source {
				t.Errorf("not formatted: %v\n%s", err, source)
			}
		}
	}
	if source, err := (schedules.Schedule{}).TestSource("p", "no Go"); err == nil || !strings.Contains(err.Error(), "the regression test is not Go") {
		t.Errorf("%v\n%s", err, source)
	}
}

// saved runs Check on a body that fails and returns the regression test that it saves.
func saved(t *testing.T, body func(*S)) string {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", t.TempDir())
	tb := &fakeTB{name: "TestX"}
	schedules.Check(tb, body, schedules.Config{})
	m := regexp.MustCompile(`\nkept in: (\S+)\n`).FindStringSubmatch(strings.Join(tb.errors, ""))
	if m == nil {
		t.Fatalf("no regression test in %q", tb.errors)
	}
	source, err := os.ReadFile(filepath.Join(m[1], schedules.RegressionFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

func TestCheckSavesARegressionTest(t *testing.T) {
	want := "package schedules_test\n\nimport (\n\t\"testing\"\n\n\t\"annulus/schedules\"\n)\n\n" +
		"// TestRegressionX repeats an execution in which \"annulus/schedules.TestX\" has failed.\n" +
		"func TestRegressionX(t *testing.T) {\n\tconst schedule = `\nannulus schedule v2\nprogram annulus/schedules.TestX\n" +
		"limits steps=20000 livelock=64 parking=true\na Load int64#1\nb Load int64#1\nb Store int64#1\na Store int64#1\nmain wait\nmain Load int64#1\nend 6\n`\n" +
		"\tschedules.CheckReplay(t, lostUpdate, schedule)\n}\n"
	if source := saved(t, lostUpdate); source != want {
		t.Errorf("the test is\n%s", source)
	}
	closure := saved(t, func(s *S) { lostUpdate(s) })
	for _, want := range []string{"// Put here what saved gives to Check, the function\n\t// annulus/schedules_test.TestCheckSavesARegressionTest.func1, which", "schedules.CheckReplay(t, body, schedule)"} {
		if !strings.Contains(closure, want) {
			t.Errorf("no %q in\n%s", want, closure)
		}
	}
}

const brokenProgram = `package regressed_test

import (
	"annulus/schedules"
	"annulus/schedules/atomic"
)

func lostUpdate(s *schedules.S) {
	var n atomic.Int64
	increment := func() { n.Store(n.Load() + 1) }
	s.Go("a", increment)
	s.Go("b", increment)
	s.Wait()
	if n.Load() != 2 {
		s.Errorf("an update was lost")
	}
}
`

// A regression test that was written compiles as it is, fails with the defect and
// passes without it.
func TestRegressionTestsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	named := strings.Replace(saved(t, lostUpdate), "package schedules_test", "package regressed_test", 1)
	unnamed := strings.Replace(saved(t, func(s *S) { lostUpdate(s) }), "package schedules_test", "package regressed_test", 1)
	repaired := strings.Replace(brokenProgram, "n.Store(n.Load() + 1)", "n.Add(1)", 1)
	output := goTest(t, map[string]string{
		"broken/program_test.go":      brokenProgram,
		"broken/regression_test.go":   named,
		"repaired/program_test.go":    repaired,
		"repaired/regression_test.go": named,
		"unnamed/regression_test.go":  unnamed,
	})
	for _, want := range []string{
		`(?s)--- FAIL: TestRegressionX .*FAIL an update was lost.*FAIL\tregressed/broken`,
		`(?m)^ok  \tregressed/repaired`,
		`(?s)FAIL there is nothing here yet.*FAIL\tregressed/unnamed`,
	} {
		if !regexp.MustCompile(want).MatchString(output) {
			t.Errorf("%s is missing in\n%s", want, output)
		}
	}
}

// The command that repeats a failure has the flags that the test was built with.
func TestCommandsHaveTheBuildsFlags(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", t.TempDir())
	test := strings.Replace(brokenProgram, "import (", "import (\n\"testing\"\n", 1) +
		"func TestIt(t *testing.T) { schedules.Check(t, lostUpdate, schedules.Config{}) }\n"
	output := goTest(t, map[string]string{"broken/it_test.go": test}, "-tags=one,two")
	if !strings.Contains(output, "/schedule.txt go test -tags=one,two -run '^TestIt$' regressed/broken\n") {
		t.Errorf("no command with the tags in\n%s", output)
	}
}

// goTest writes packages into a module of their own, which uses this one, and tests
// them.
func goTest(t *testing.T, files map[string]string, flags ...string) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	files["go.sum"] = string(sum)
	files["go.mod"] = strings.Replace(string(mod), "module annulus", "module regressed", 1) +
		fmt.Sprintf("\nrequire annulus v0.0.0\n\nreplace annulus => %q\n", root)
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", slices.Concat([]string{"test", "-count=1", "-vet=off"}, flags, []string{"./..."})...)
	cmd.Dir = dir
	output, _ := cmd.CombinedOutput()
	return string(output)
}
