package schedules

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
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
annulus schedule v2
program "annulus/x.TestY/with spaces"
limits steps=100 livelock=7 parking=false
a Load int64#1
"a task" wait
"#1" Add "quoted \"name\" \\ here"
"" Gosched
ünïcödé Lock "tab\tand\nnewline"
end 5
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

// Settings that were added later are written where they are not the default, and read.
func TestScheduleLimits(t *testing.T) {
	for _, l := range []Limits{{}, {Leaks: LeaksFail}, {Steps: 3, Leaks: LeaksAllow, GoexitEnds: true}, {GoexitEnds: true}, {EarlyTimers: 2}} {
		s := Schedule{Limits: l}
		got, err := ParseSchedule(strings.NewReader(s.String()))
		if err != nil || got.Limits != l {
			t.Errorf("%v: read %v, %v", l, got.Limits, err)
		}
		cfg := s.config()
		if again := limitsOf(&cfg); again.Leaks != l.Leaks || again.GoexitEnds != l.GoexitEnds || again.EarlyTimers != l.EarlyTimers {
			t.Errorf("%v: configured %v", l, again)
		}
	}
	if text := (Limits{Steps: 3, Leaks: LeaksAllow, GoexitEnds: true}).String(); text != "limits steps=3 livelock=0 parking=true leaks=allow goexit=ends" {
		t.Error(text)
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
	if want := path + `:2: found "x"; expected "annulus schedule v2"`; err == nil || err.Error() != want {
		t.Errorf("%v, expected %s", err, want)
	}
	if _, err := LoadSchedule(filepath.Join(dir, "missing")); !os.IsNotExist(err) {
		t.Errorf("loading a missing file: %v", err)
	}
}

func TestParseScheduleNamesTheLine(t *testing.T) {
	const head = "annulus schedule v2\nprogram x\nlimits steps=0 livelock=0 parking=true\n"
	const (
		version = `expected "annulus schedule v2"`
		program = `expected "program" and a name`
		limits  = `expected limits like "limits steps=0 livelock=0 parking=true"`
		step    = `expected a task, an operation and perhaps an object`
		op      = `expected the name of an operation, such as Load or Lock`
	)
	for text, want := range map[string]string{
		"":                                 `line 1: found the end; ` + version,
		"# only a story\n":                 `line 2: found the end; ` + version,
		"annulus schedule v2\n":            `line 2: found the end; ` + program,
		"annulus schedule v2\nprogram x\n": `line 3: found the end; ` + limits,
		"annulus schedule v3\n":            `line 1: found "annulus schedule v3"; ` + version,
		"annulus schedule v1\n": `line 1: found "annulus schedule v1"; ` + version + `; a file of version 1 that is known to be whole becomes one of version 2 ` +
			`by that line and, behind its steps, by a last line of "end" and their number`,
		"\"annulus\n":                                                   `line 1: found "\"annulus"; ` + version,
		"# story\n\na Load\n":                                           `line 3: found "a Load"; ` + version,
		"annulus schedule v2\na Load x\n":                               `line 2: found "a Load x"; ` + program,
		"annulus schedule v2\nprogram\n":                                `line 2: found "program"; ` + program,
		head[:len(head)-1] + " leaks=never\n":                           `line 3: found "limits steps=0 livelock=0 parking=true leaks=never"; ` + limits,
		head[:len(head)-1] + " leaks=deadlock\n":                        `line 3: found "limits steps=0 livelock=0 parking=true leaks=deadlock"; ` + limits,
		head[:len(head)-5] + "maybe\n":                                  `line 3: found "limits steps=0 livelock=0 parking=maybe"; ` + limits,
		head + "a\n":                                                    `line 4: found "a"; ` + step,
		head + "a Load x\n\na Load x y\n":                               `line 6: found "a Load x y"; ` + step,
		head + "a Load \"x\n":                                           `line 4: found "\"x"; expected a name in quotes as in Go`,
		head + "a Lode x\n":                                             `line 4: found "Lode" in "a Lode x"; ` + op,
		head + "\"a\"Load x\n":                                          `line 4: found "Load x"; expected a space after "a"`,
		head + "a\"b Load x\n":                                          `line 4: found "a\"b"; expected "a\"b"`,
		head + "a Load x\x00\n":                                         `line 4: found "x\x00"; expected "x\x00"`,
		head + "a " + strings.Repeat("x", 99):                           `line 4: found "` + strings.Repeat("x", 80) + `…" in "a ` + strings.Repeat("x", 78) + `…"; ` + op,
		head + "# comments may stand here\nend 0\n":                     "",
		head + "a Load x\nend 1":                                        "",
		head + "a Load x\nend 1\n\n \n":                                 "",
		head + "end Load x\nend Load\nend 2\n":                          "", // a task may have that name
		head + "a Load x\n":                                             `line 5: found the end; expected the rest: a whole file has a last line, after 1 steps it would be "end 1"`,
		head + "a Load x\nend 2\n":                                      `line 5: found "end 2"; expected "end 1", the number of steps before it`,
		head + "a Load x\nend\n":                                        `line 5: found "end" and 0 words; expected "end 1", the number of steps before it`,
		head + "end 00\n":                                               `line 4: found "end 00"; expected "end 0", the number of steps before it`,
		head + "end 0\nend 0\n":                                         `line 5: found "end 0"; expected nothing behind the last line`,
		head + "end 0\n# so it was\n":                                   `line 5: found "# so it was"; expected nothing behind the last line`,
		head + "a Load " + strings.Repeat("x", MaxName+1) + "\nend 1\n": `line 4: found "` + strings.Repeat("x", 80) + `…"; expected a name of at most 4096 bytes`,
		head + strings.Repeat("x", maxScheduleLine):                     `line 4: found more text; expected a line of at most 65536 bytes`,
		strings.Repeat("#\n", maxScheduleBytes/2) + "\n":                fmt.Sprintf(`line %d: found more text; expected a schedule of at most 16777216 bytes`, maxScheduleBytes/2+2),
	} {
		_, err := ParseSchedule(strings.NewReader(text))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%.200q: %q, expected %q", text, got, want)
		}
	}
}

// What could not be read again is not written.
func TestScheduleThatIsTooLongIsNotWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	name := strings.Repeat("é", MaxName/2+1)
	for want, s := range map[string]Schedule{
		"has 4098 bytes; must have 4096 at most": {Steps: []Step{{name, "Load", "x"}}},
		"; must have 4096 at most":               {Program: name},
		"; must have 16777216 at most":           {Steps: slices.Repeat([]Step{{strings.Repeat("x", MaxName), "Load", "x"}}, maxScheduleBytes/MaxName)},
	} {
		if err := s.Save(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, expected %s", err, want)
		}
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error(err)
	}
	story := Schedule{Story: strings.Repeat("x", maxScheduleBytes) + "\n\x1b[1m", Steps: []Step{{strings.Repeat("\x00", MaxName), "Load", strings.Repeat("\xff", MaxName)}}}
	got, err := ParseSchedule(strings.NewReader(story.String()))
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Repeat("x", maxStoryLine) + "…\n\\u001b[1m"; got.Story != want {
		t.Errorf("the story is %.100q", got.Story)
	}
}
