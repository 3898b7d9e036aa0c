package schedules

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var written = Schedule{
	Story:   "two tasks\n\n  and a table",
	Program: "annulus/x.TestY/with spaces",
	Limits:  Limits{Steps: 100, LivelockRounds: 7, NoParking: true},
	Steps: []Step{
		{"a", "Load", "int64#1"},
		{"a task", "wait", ""},
		{"#1", "Add", `quoted "name" \ here`},
		{"", "Gosched", ""},
		{"ünïcödé", "Lock", "tab\tand\nnewline"},
	},
}

const writtenText = `# two tasks
#
#   and a table
annulus schedule v1
program "annulus/x.TestY/with spaces"
limits steps=100 livelock=7 parking=false
a Load int64#1
"a task" wait
"#1" Add "quoted \"name\" \\ here"
"" Gosched
ünïcödé Lock "tab\tand\nnewline"
`

func TestScheduleText(t *testing.T) {
	if got := written.String(); got != writtenText {
		t.Errorf("wrote\n%s", got)
	}
	got, err := ParseSchedule(strings.NewReader(writtenText))
	if err != nil || !reflect.DeepEqual(got, written) {
		t.Errorf("read %+v, %v", got, err)
	}
}

func TestScheduleFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.schedule")
	for range 2 { // the second time over the first file
		if err := written.Save(path); err != nil {
			t.Fatal(err)
		}
	}
	got, err := LoadSchedule(path)
	if err != nil || !reflect.DeepEqual(got, written) {
		t.Errorf("read %+v, %v", got, err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("temporary files were left: %v", files)
	}
	if err := written.Save(filepath.Join(dir, "missing", "x")); err == nil {
		t.Error("saved into a directory that does not exist")
	}
	if err := os.WriteFile(path, []byte("# a story\nx\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err = LoadSchedule(path)
	if want := path + `:2: found "x"; expected "annulus schedule v1"`; err == nil || err.Error() != want {
		t.Errorf("%v, expected %s", err, want)
	}
	if _, err := LoadSchedule(filepath.Join(dir, "missing")); !os.IsNotExist(err) {
		t.Errorf("loading a missing file: %v", err)
	}
}

func TestParseScheduleNamesTheLine(t *testing.T) {
	const head = "annulus schedule v1\nprogram x\nlimits steps=0 livelock=0 parking=true\n"
	const (
		version = `expected "annulus schedule v1"`
		program = `expected "program" and a name`
		limits  = `expected limits like "limits steps=0 livelock=0 parking=true"`
		step    = `expected a task, an operation and perhaps an object`
		op      = `expected the name of an operation, such as Load or Lock`
	)
	for text, want := range map[string]string{
		"":                                    `line 1: found the end; ` + version,
		"# only a story\n":                    `line 2: found the end; ` + version,
		"annulus schedule v1\n":               `line 2: found the end; ` + program,
		"annulus schedule v1\nprogram x\n":    `line 3: found the end; ` + limits,
		"annulus schedule v2\n":               `line 1: found "annulus schedule v2"; ` + version,
		"\"annulus\n":                         `line 1: found "\"annulus"; ` + version,
		"# story\n\na Load\n":                 `line 3: found "a Load"; ` + version,
		"annulus schedule v1\na Load x\n":     `line 2: found "a Load x"; ` + program,
		"annulus schedule v1\nprogram\n":      `line 2: found "program"; ` + program,
		head[:len(head)-5] + "maybe\n":        `line 3: found "limits steps=0 livelock=0 parking=maybe"; ` + limits,
		head + "a\n":                          `line 4: found "a"; ` + step,
		head + "a Load x\n\na Load x y\n":     `line 6: found "a Load x y"; ` + step,
		head + "a Load \"x\n":                 `line 4: found "\"x"; expected a name in quotes as in Go`,
		head + "a Lode x\n":                   `line 4: found "Lode" in "a Lode x"; ` + op,
		head + "\"a\"Load x\n":                `line 4: found "Load x"; expected a space after "a"`,
		head + "a\"b Load x\n":                `line 4: found "a\"b"; expected "a\"b"`,
		head + "a Load x\x00\n":               `line 4: found "x\x00"; expected "x\x00"`,
		head + "a " + strings.Repeat("x", 99): `line 4: found "` + strings.Repeat("x", 80) + `…" in "a ` + strings.Repeat("x", 78) + `…"; ` + op,
		head + "# comments may stand here\n":  "",
	} {
		_, err := ParseSchedule(strings.NewReader(text))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, expected %q", text, got, want)
		}
	}
}
