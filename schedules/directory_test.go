package schedules_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"annulus/schedules"
)

// keptBy has Check find a failure, and returns the directory that its command names.
func keptBy(t *testing.T, name string) string {
	t.Helper()
	tb := &fakeTB{name: name}
	schedules.Check(tb, lostUpdate, schedules.Config{})
	m := regexp.MustCompile(`(?m)^reproduce: ANNULUS_REPLAY=(\S+) go test`).FindStringSubmatch(strings.Join(tb.errors, "\n"))
	if m == nil {
		t.Fatalf("no command in %q", tb.errors)
	}
	return filepath.Dir(m[1])
}

// inTemporary sets the directory for temporary files, and returns it.
func inTemporary(t *testing.T) string {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	return dir
}

// Two checkouts that run the same test keep two failures, and one that runs it twice
// keeps one.
func TestFailuresOfCheckoutsDoNotCollide(t *testing.T) {
	inTemporary(t)
	one, other := t.TempDir(), t.TempDir()
	t.Chdir(one)
	first := keptBy(t, "TestX")
	if again := keptBy(t, "TestX"); again != first {
		t.Errorf("kept in %s, and then in %s", first, again)
	}
	if another := keptBy(t, "TestY"); another == first {
		t.Errorf("two tests keep their failures in %s", first)
	}
	t.Chdir(other)
	if second := keptBy(t, "TestX"); second == first {
		t.Errorf("both checkouts keep their failures in %s", first)
	}
	long := keptBy(t, "TestX/"+strings.Repeat("x", 400)+"/a")
	if another := keptBy(t, "TestX/"+strings.Repeat("x", 400)+"/b"); another == long {
		t.Errorf("two tests keep their failures in %s", long)
	}
}

// What is kept is an ordinary file in an ordinary directory, in one that is the user's.
func TestModesOfWhatIsKept(t *testing.T) {
	temporary := inTemporary(t)
	dir := keptBy(t, "TestX")
	mode := func(path string) os.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode()
	}
	file, folder := filepath.Join(temporary, "file"), filepath.Join(temporary, "folder")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 5 {
		t.Fatalf("%v, %v", entries, err)
	}
	for _, entry := range entries {
		if got, want := mode(filepath.Join(dir, entry.Name())), mode(file); got != want {
			t.Errorf("%s has %v, other new files have %v", entry.Name(), got, want)
		}
	}
	if got, want := mode(dir), mode(folder); got != want {
		t.Errorf("%s has %v, other new directories have %v", dir, got, want)
	}
	if private := filepath.Dir(filepath.Dir(dir)); runtime.GOOS != "windows" && mode(private).Perm() != 0o700 {
		t.Errorf("%s has %v", private, mode(private))
	}
	report, schedule := filepath.Join(temporary, "report"), filepath.Join(temporary, "schedule")
	r := schedules.Explore(context.Background(), lostUpdate, schedules.Config{})
	if err := r.Save(report); err != nil {
		t.Fatal(err)
	}
	if err := r.Failure.Schedule.Save(schedule); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{report, schedule} {
		if got, want := mode(path), mode(file); got != want {
			t.Errorf("%s has %v, other new files have %v", path, got, want)
		}
	}
}

// Where somebody else has the user's directory, a new one is made.
func TestDirectoryOfAnother(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there, directories for temporary files are the user's")
	}
	for name, occupy := range map[string]func(dir, elsewhere string) error{
		"open to all": func(dir, _ string) error {
			if err := os.Mkdir(dir, 0o777); err != nil {
				return err
			}
			return os.Chmod(dir, 0o777)
		},
		"a link": func(dir, elsewhere string) error { return os.Symlink(elsewhere, dir) },
		"a file": func(dir, _ string) error { return os.WriteFile(dir, nil, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			temporary, elsewhere := inTemporary(t), t.TempDir()
			taken := filepath.Join(temporary, fmt.Sprintf("annulus-%d", os.Getuid()))
			if err := occupy(taken, elsewhere); err != nil {
				t.Fatal(err)
			}
			dir := keptBy(t, "TestX")
			if strings.HasPrefix(dir, taken+string(filepath.Separator)) || strings.HasPrefix(dir, elsewhere) {
				t.Errorf("kept in %s", dir)
			}
			if info, err := os.Stat(filepath.Dir(filepath.Dir(dir))); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("%v, %v", info, err)
			}
		})
	}
}
