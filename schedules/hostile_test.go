package schedules_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/quote"
	"annulus/schedules/trace"
)

// What Check reports of a program with hostile names is text, and its command can be
// pasted: it runs what it says and nothing else.
func TestCheckShowsHostileNames(t *testing.T) {
	const (
		pasted = "x;touch${IFS}p'`touch p`$(touch p)&|#"
		shown  = "\x1b[31m\x1b]0;t\x07\r\u202e\u009b31m\xff\x7f"
	)
	temporary := filepath.Join(t.TempDir(), pasted+shown)
	if err := os.Mkdir(temporary, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temporary)
	t.Setenv("TMP", temporary)
	body := func(s *S) {
		var n atomic.Int64
		s.Name(&n, "n"+shown)
		s.Go("t"+shown, func() { n.Store(n.Load() + 1); s.Logf("log %s", shown) })
		s.Go(pasted, func() { n.Store(n.Load() + 1) })
		s.Format(func(string, uint64) string { return shown })
		s.Rename(func(string, uint64) string { return "r" + shown })
		s.Observe("o"+shown, func() string { return shown })
		s.Watch("w"+shown, func() trace.State {
			return trace.State{Text: shown, Fields: []trace.Field{{Name: shown, Value: shown}}}
		})
		s.Invoke("i"+shown, func() string { return shown })
		s.Return(func() string { return shown })
		s.Wait()
		if n.Load() != 2 {
			s.Errorf("lost %s", shown)
		}
	}
	tb := &fakeTB{name: "TestX/" + pasted + shown}
	schedules.Check(tb, body, schedules.Config{})
	report := strings.Join(append(tb.errors, tb.logs...), "\n")
	if len(tb.errors) != 1 || quote.Text(report) != report {
		t.Errorf("reported %d times:\n%q", len(tb.errors), report)
	}
	command := regexp.MustCompile(`(?m)^reproduce: (ANNULUS_REPLAY=.*)$`).FindStringSubmatch(report)
	if command == nil {
		t.Fatalf("no command in\n%s", report)
	}
	if sh, err := exec.LookPath("sh"); err == nil && runtime.GOOS != "windows" {
		cmd := exec.Command(sh, "-c", `go() { printf '%s' "$ANNULUS_REPLAY"; }; `+command[1])
		cmd.Dir = t.TempDir()
		path, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, path)
		}
		if _, err := schedules.LoadSchedule(string(path)); err != nil {
			t.Errorf("the command names %q: %v", path, err)
		}
		if entries, err := os.ReadDir(cmd.Dir); err != nil || len(entries) != 0 {
			t.Errorf("the command has made %v, %v", entries, err)
		}
		for _, name := range []string{schedules.ScheduleFile, schedules.TraceFile, schedules.TextFile, schedules.PageFile, schedules.RegressionFile} {
			text, err := os.ReadFile(filepath.Join(filepath.Dir(string(path)), name))
			if err != nil || quote.Text(string(text)) != string(text) {
				t.Errorf("%s: %v, %q", name, err, text)
			}
		}
		// The replay finds its schedule, and is as safe.
		t.Setenv("ANNULUS_REPLAY", string(path))
		for _, program := range []func(*S){body, correctUpdate} {
			again := &fakeTB{name: tb.name}
			schedules.Check(again, program, schedules.Config{})
			report := strings.Join(append(again.errors, again.logs...), "\n")
			if !strings.Contains(report, "replay of ") || quote.Text(report) != report {
				t.Errorf("the replay reported\n%q", report)
			}
		}
	}
	for variable, value := range map[string]string{"ANNULUS_REPLAY": shown, "ANNULUS_SHARD": shown[:4], "ANNULUS_REPORTS": filepath.Join("check_test.go", "a\x1b[1m")} {
		t.Setenv("ANNULUS_REPLAY", "")
		t.Setenv("ANNULUS_SHARD", "")
		t.Setenv(variable, value)
		again := &fakeTB{name: tb.name}
		schedules.Check(again, correctUpdate, schedules.Config{})
		if report := strings.Join(again.errors, "\n"); report == "" || quote.Text(report) != report {
			t.Errorf("%s: reported %q", variable, report)
		}
	}
}
