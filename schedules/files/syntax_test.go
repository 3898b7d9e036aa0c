package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSyntaxErrorsNameTheFileAndTheLine(t *testing.T) {
	e := &SyntaxError{Found: "a hat", Expected: "a rabbit"}
	for want, err := range map[string]error{
		"found a hat; expected a rabbit":           e,
		"line 3: found a hat; expected a rabbit":   &SyntaxError{Line: 3, Found: "a hat", Expected: "a rabbit"},
		"top: found a hat; expected a rabbit":      In("top", e),
		"top:3: found a hat; expected a rabbit":    In("top", &SyntaxError{Line: 3, Found: "a hat", Expected: "a rabbit"}),
		"top: big: found a hat; expected a rabbit": In("top", &SyntaxError{File: "big", Found: "a hat", Expected: "a rabbit"}),
		"top: file does not exist":                 In("top", fs.ErrNotExist),
	} {
		if err.Error() != want {
			t.Errorf("%q, expected %q", err, want)
		}
	}
	if err := In("top", nil); err != nil {
		t.Errorf("no error became %v", err)
	}
}

func TestDecodeJSONNamesTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"{\n\"a\": 0}":       "",
		"{\n\"a\": 1\n x\n}": `line 3: found invalid character 'x' after object key:value pair; expected a thing`,
		"{\n\"a\":\n\"b\"}":  `line 3: found JSON of type string for "a"; expected a thing`,
		"{\n":                `line 1: found the end; expected the rest of a thing`,
		"[]":                 `line 1: found JSON of type array; expected a thing`,
		"":                   `line 1: found the end; expected the rest of a thing`,
	} {
		got := ""
		if err := DecodeJSON([]byte(text), new(struct {
			A int `json:"a"`
		}), "a thing"); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, expected %q", text, got, want)
		}
	}
}

// A field that is always written must be there, and an error about a value names its
// line.
func TestDecodeJSONWantsAllFields(t *testing.T) {
	type inner struct {
		B int `json:"b"`
	}
	type outer struct {
		A    int     `json:"a"`
		List []inner `json:"list"`
		One  *inner  `json:"one,omitempty"`
		inner2
	}
	for text, want := range map[string]string{
		"{\n\"a\": 1, \"list\": null, \"c\": 0}":                                          "",
		"{\n\"a\": 1, \"list\": [{\"b\": 1}], \"one\": {\"b\": 2},\n\"c\": 0, \"x\": {}}": "",
		"{\"a\": 1,\n\"list\": []}":                                                       `line 1: found no "c"; expected a thing, with "c"`,
		"{\"list\": [], \"c\": 1}":                                                        `line 1: found no "a"; expected a thing, with "a"`,
		"{\"a\": 1, \"c\": 1, \"list\": [\n{\"b\": 1},\n{}]}":                             `line 3: found no "b" in list[1]; expected a thing, with "b"`,
		"{\"a\": 1, \"c\": 1, \"list\": [], \"one\":\n\n{}}":                              `line 3: found no "b" in one; expected a thing, with "b"`,
	} {
		got := ""
		if err := DecodeJSON([]byte(text), new(outer), "a thing"); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, expected %q", text, got, want)
		}
	}
}

type inner2 struct {
	C int `json:"c"`
}

func TestLineOf(t *testing.T) {
	text := []byte("{\n\"a\": 1,\n\"list\":\n[\n{}, {\n\"b\":\n [2,\n3]}],\n\"c\": {\"d\": 4}\n}\n")
	for path, want := range map[string]int{
		"": 1, "a": 2, "list": 4, "list[0]": 5, "list[1]": 5, "list[1].b": 7, "list[1].b[1]": 8, "c": 9, "c.d": 9,
		"x": 1, "list[7]": 4, "a.b": 2, "c.x": 9,
	} {
		if got := LineOf(text, path); got != want {
			t.Errorf("%q is in line %d, expected %d", path, got, want)
		}
	}
}

// A file that is replaced has the mode of any other new file.
func TestReplaceLeavesAnOrdinaryFile(t *testing.T) {
	dir := t.TempDir()
	ordinary, path := filepath.Join(dir, "ordinary"), filepath.Join(dir, "file")
	if err := os.WriteFile(ordinary, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"one", "two"} {
		if err := ReplaceBy(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); string(got) != content {
			t.Errorf("%q, %v", got, err)
		}
	}
	want, err := os.Stat(ordinary)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.Stat(path); err != nil || got.Mode() != want.Mode() {
		t.Errorf("%v, %v; other new files have %v", got.Mode(), err, want.Mode())
	}
	full := errors.New("disk full")
	if err := Replace(path, func(io.Writer) error { return full }); !errors.Is(err, full) {
		t.Error(err)
	}
	if got, err := os.ReadFile(path); string(got) != "two" {
		t.Errorf("%q, %v", got, err)
	}
	if err := ReplaceBy(filepath.Join(dir, "no", "file"), nil); err == nil {
		t.Error("written into a directory that there is not")
	}
	if err := ReplaceBy(dir, nil); err == nil {
		t.Error("a directory was replaced")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}
}

// What is longer than it may be is not read to its end.
func TestReadIsBounded(t *testing.T) {
	left := strings.NewReader(strings.Repeat("x", 100))
	_, err := Read(left, 10, "a thing")
	if err == nil || err.Error() != "found more text; expected a thing of at most 10 bytes" {
		t.Error(err)
	}
	if left.Len() != 89 {
		t.Errorf("%d bytes are left", left.Len())
	}
	if data, err := Read(strings.NewReader("0123456789"), 10, "a thing"); len(data) != 10 || err != nil {
		t.Error(len(data), err)
	}
}
