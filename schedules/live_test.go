package schedules_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"annulus/schedules"
)

func TestLine(t *testing.T) {
	r := schedules.Report{Schedules: 43_210, Classes: 9_876, Steps: 6_000_000_000, Duration: 4 * time.Second}
	for _, c := range []struct {
		done       float64
		left, time time.Duration
		want       string
	}{
		{0, 0, 0, "43.2k schedules, 9876 distinct, 1.5G steps/s"},
		{0, 0, 90 * time.Second, "43.2k schedules, 9876 distinct, 1.5G steps/s, 1m30s left"},
		{0.257, 11*time.Second + 630*time.Millisecond, 2530 * time.Millisecond,
			"pass 26 % (12s more), 43.2k schedules, 9876 distinct, 1.5G steps/s, 2.5s left"},
		{0.001, 26*time.Hour + 29*time.Second, 0,
			"pass 0 % (26h0m more), 43.2k schedules, 9876 distinct, 1.5G steps/s"},
		{0.001, 100 * time.Hour, 0, "pass 0 % (4 days more), 43.2k schedules, 9876 distinct, 1.5G steps/s"},
		{1e-30, 1 << 62, 0, "pass 0 % (years more), 43.2k schedules, 9876 distinct, 1.5G steps/s"},
	} {
		r.Done, r.Left, r.TimeLeft = c.done, c.left, c.time
		if got := r.Line(100); got != c.want {
			t.Errorf("%q, expected %q", got, c.want)
		}
		if got := r.Line(20); got != c.want[:20] {
			t.Errorf("in 20 characters %q", got)
		}
	}
}

// The line is rewritten in place and leaves nothing behind.
func TestLive(t *testing.T) {
	var out strings.Builder
	progress, end := schedules.LiveOn(&out)
	end()
	if out.Len() > 0 {
		t.Errorf("without progress: %q", out.String())
	}
	program, shown := steps(2, 200), 0
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		if program(s); shown == 2 {
			s.Errorf("enough is shown")
		}
	}, schedules.Config{Strategy: schedules.DFS(-1), Time: time.Hour, Progress: func(r schedules.Report) {
		progress(r)
		shown++
	}})
	end()
	lines := strings.Split(out.String(), "\r")
	if len(lines) < 4 || lines[0] != "" || strings.TrimSpace(lines[len(lines)-2]) != "" || lines[len(lines)-1] != "" {
		t.Fatalf("%v shows as %q", r, lines)
	}
	form := regexp.MustCompile(`^(pass \d+ % \(\S+ more\), )?\S+ schedules, \S+ distinct, \S+ steps/`)
	for _, line := range lines[1 : len(lines)-2] {
		if !form.MatchString(line) || len(line) != len(lines[1]) {
			t.Errorf("the line %q", line)
		}
	}
}

// A text stays on its line, whatever it is.
func TestLiveLine(t *testing.T) {
	var out strings.Builder
	show, end := schedules.LiveLineOn(&out)
	show(strings.Repeat("ö", 200))
	show("a\nb\x1b[2J")
	end()
	lines := strings.Split(out.String(), "\r")
	if want := []string{"", strings.Repeat("ö", 78), fmt.Sprintf("%-78s", `a\u000ab\u001b[2J`), strings.Repeat(" ", 78), ""}; !slices.Equal(lines, want) {
		t.Errorf("the lines %q, want %q", lines, want)
	}
}

func TestLiveIsForTerminals(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	progress, end := schedules.Live(file)
	progress(schedules.Report{Schedules: 1})
	end()
	if info, err := file.Stat(); err != nil || info.Size() > 0 {
		t.Errorf("a file has a line of progress: %v, %v", info, err)
	}
	var out strings.Builder
	progress, _ = schedules.Live(&out)
	progress(schedules.Report{Schedules: 1})
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}
