package schedules

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"annulus/schedules/trace"
)

// Names of the files in which a failure is kept.
const (
	ScheduleFile = "schedule.txt" // replays
	TraceFile    = "trace.json"   // for tools
	TextFile     = "trace.txt"    // for people
	PageFile     = "trace.html"   // for people with a browser

	// RegressionFile is a test that repeats the failure, to be pasted.
	RegressionFile = "regression_test.go"
)

// File is a file to be kept together with a failure.
type File struct {
	Name    string // without a directory
	Content []byte
}

// ErrNotKept says that a directory holds something else than a failure that was kept
// there, and is left as it is.
var ErrNotKept = errors.New("schedules: the directory holds other things than a failure")

// Keep writes everything about the failure, and the files in more, into the directory
// dir, which it replaces as a whole: who looks sees the old failure, the new one or, for
// an instant, no directory, but no mixture. If that fails the old one stays. dir must not
// exist, be empty, or have been written by Keep; otherwise the error wraps [ErrNotKept].
func (f *Failure) Keep(dir string, more ...File) error {
	files, err := f.files()
	if err != nil {
		return err
	}
	return replaceDirectory(dir, append(files, more...))
}

func (f *Failure) files() ([]File, error) {
	var schedule, traced, page bytes.Buffer
	if _, err := f.Schedule.WriteTo(&schedule); err != nil {
		return nil, err
	}
	files := []File{{ScheduleFile, schedule.Bytes()}, {TextFile, []byte(f.Describe())}}
	if f.Trace == nil {
		return files, nil
	}
	if err := trace.Write(&traced, f.Trace); err != nil {
		return nil, err
	}
	if err := trace.HTML(&page, f.Trace); err != nil {
		return nil, err
	}
	return append(files, File{TraceFile, traced.Bytes()}, File{PageFile, page.Bytes()}), nil
}

// replaceDirectory replaces the directory by one that has these files.
func replaceDirectory(dir string, files []File) (err error) {
	if err := replaceable(dir); err != nil {
		return err
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return err
	}
	work, err := os.MkdirTemp(parent, "."+filepath.Base(dir)+".*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	fresh, old := filepath.Join(work, "new"), filepath.Join(work, "old")
	if err := os.Mkdir(fresh, 0o777); err != nil {
		return err
	}
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(fresh, file.Name), file.Content, 0o666); err != nil {
			return err
		}
	}
	if err := os.Rename(dir, old); err != nil && !os.IsNotExist(err) {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		if back := os.Rename(old, dir); !os.IsNotExist(back) {
			err = errors.Join(err, back)
		}
		return err
	}
	return nil
}

// replaceable returns an error if the directory has something in it that Keep would not
// have put there.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case os.IsNotExist(err) || err == nil && len(entries) == 0:
		return nil
	case err != nil:
		return err
	}
	var names []string
	for _, e := range entries {
		if e.Name() == ScheduleFile {
			return nil
		}
		names = append(names, e.Name())
	}
	return fmt.Errorf("%w: %s has %s", ErrNotKept, dir, strings.Join(names, ", "))
}
