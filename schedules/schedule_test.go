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
	if _, err := LoadSchedule(filepath.Join(dir, "missing")); !os.IsNotExist(err) {
		t.Errorf("loading a missing file: %v", err)
	}
}

func TestParseScheduleNamesTheLine(t *testing.T) {
	const head = "annulus schedule v1\nprogram x\nlimits steps=0 livelock=0 parking=true\n"
	for text, want := range map[string]string{
		"":                                   "the schedule ends before its version",
		"# only a story\n":                   "the schedule ends before its version",
		"annulus schedule v1\n":              "the schedule ends before its program",
		"annulus schedule v2\n":              `line 1: unknown version "annulus schedule v2", expected "annulus schedule v1"`,
		"# story\n\na Load\n":                `line 3: unknown version "a Load", expected "annulus schedule v1"`,
		"annulus schedule v1\na Load x\n":    `line 2: expected "program" and a name, found "a Load x"`,
		head + "a\n":                         `line 4: expected a task, an operation and an object, found "a"`,
		head + "a Load x\n\na Load x y\n":    `line 6: expected a task, an operation and an object, found "a Load x y"`,
		head + "a Load \"x\n":                `line 4: bad quotation in "\"x"`,
		head + "a Lode x\n":                  `line 4: expected an operation, found "Lode" in "a Lode x"`,
		head + "\"a\"Load x\n":               `line 4: expected a space after "a"`,
		head + "a\"b Load x\n":               `line 4: expected "a\"b", found "a\"b"`,
		head + "a Load x\x00\n":              `line 4: expected "x\x00", found "x\x00"`,
		head + "# comments may stand here\n": "",
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

// FuzzParse checks that whatever can be read is written and read again as the
// same schedule.
func FuzzParse(f *testing.F) {
	f.Add(writtenText)
	f.Add("annulus schedule v1\nprogram \"\"\nlimits steps=1 livelock=2 parking=true\na Load\n")
	f.Add("annulus schedule v1\nprogram x\nlimits steps=0 livelock=0 parking=false\n\"\\xff\" Load c\n")
	f.Add("#a\n# b\nannulus schedule v1\nprogram `x`\na\"b c\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSchedule(strings.NewReader(text))
		if err != nil {
			return
		}
		again, err := ParseSchedule(strings.NewReader(s.String()))
		if err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
		again.Story, s.Story = "", "" // carriage returns do not survive
		if !reflect.DeepEqual(s, again) {
			t.Fatalf("%+v was read as %+v", s, again)
		}
	})
}
