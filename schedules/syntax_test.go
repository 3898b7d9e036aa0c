package schedules

import (
	"io/fs"
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
		"{\n}":               "",
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
