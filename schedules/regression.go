package schedules

import (
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"reflect"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// CheckReplay is for regression tests: it fails tb if body fails under the schedule,
// which is given in its text form, such as a file that Check has saved or a string in
// the test. [Schedule.TestSource] writes such a test.
//
// A program that has been repaired mostly leaves the schedule somewhere. Then it goes
// on as near to it as it can, see [Follow], and CheckReplay logs where it left. A test
// whose program has changed much proves little: explore it with [Check] as well.
//
// A text that is no schedule ends the test with the line and what was expected there.
func CheckReplay(tb testing.TB, body func(s *S), schedule string) {
	tb.Helper()
	parsed, err := ParseSchedule(strings.NewReader(schedule))
	if err != nil {
		tb.Fatalf("schedules: the text is no schedule: %v", err)
		return
	}
	r, left := Follow(body, parsed)
	if r.Failure != nil {
		tb.Errorf("%s", r.Failure.Describe())
	}
	switch {
	case left != "":
		tb.Logf("the program has left the schedule at %s", left)
	case r.Failure == nil:
		tb.Logf("the program has followed the schedule to its end, and nothing failed")
	}
}

// TestSource returns the source of a test file, formatted as gofmt does, with one test
// that repeats the schedule. pkg is the name of its package. call is the statement that
// does the work, such as a call of [CheckReplay], for which the schedule's text is a
// constant named schedule and the [*testing.T] is t; imports are the packages that it
// needs. The test is named after the schedule's Program. The error says that what
// comes out is not Go.
func (s Schedule) TestSource(pkg, call string, imports ...string) (string, error) {
	s.Story = ""
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport (\n\"testing\"\n\n", pkg)
	for _, path := range imports {
		fmt.Fprintf(&b, "%q\n", path)
	}
	name := testName(s.Program)
	fmt.Fprintf(&b, ")\n\n// %s repeats an execution in which %q has failed.\n", name, s.Program)
	fmt.Fprintf(&b, "func %s(t *testing.T) {\nconst schedule = %s\n%s\n}\n", name, literal(s.String()), call)
	source, err := format.Source([]byte(b.String()))
	if err != nil {
		return "", fmt.Errorf("schedules: the regression test is not Go: %w", err)
	}
	return string(source), nil
}

// literal returns the Go literal of a text with several lines.
func literal(text string) string {
	if utf8.ValidString(text) && !strings.ContainsAny(text, "`\r\uFEFF") {
		return "`\n" + text + "`"
	}
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strconv.Quote(line))
	}
	return strings.Join(lines, " +\n")
}

// testName makes the name of a regression test from that of a program, or of the test
// that it was found by.
func testName(program string) string {
	if _, test, ok := strings.Cut(program, ".Test"); ok {
		program = test
	}
	var name strings.Builder
	name.WriteString("TestRegression")
	for word := range strings.FieldsFuncSeq(program, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		first, size := utf8.DecodeRuneInString(word)
		name.WriteString(string(unicode.ToUpper(first)) + word[size:])
	}
	return name.String()
}

// regressionTest returns the source of a test of body under the schedule, for the
// package of the test that is at the frame. A body that has no name there is left to
// the reader to fill in.
func regressionTest(body func(*S), schedule Schedule, frame runtime.Frame) (string, error) {
	pkg, test := splitFunction(frame.Function)
	of, name := splitFunction(runtime.FuncForPC(reflect.ValueOf(body).Pointer()).Name())
	call := "schedules.CheckReplay(t, " + name + ", schedule)"
	if of != pkg || !identifier.MatchString(name) {
		call = fmt.Sprintf(`// Put here what %s gives to Check, the function
			// %s, which has no name that a test could use.
			body := func(s *schedules.S) { s.Fatal("there is nothing here yet") }
			schedules.CheckReplay(t, body, schedule)`, test, of+"."+name)
	}
	clause := strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, pkg[strings.LastIndexByte(pkg, '/')+1:])
	// The name of a package need not be the last element of its path.
	if file, err := parser.ParseFile(token.NewFileSet(), frame.File, nil, parser.PackageClauseOnly); err == nil {
		clause = file.Name.Name
	}
	return schedule.TestSource(clause, call, home)
}

var identifier = regexp.MustCompile(`^[\pL_][\pL\p{Nd}_]*$`)
