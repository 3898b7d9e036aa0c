package schedules

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"annulus/schedules/atomic"
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

// FuzzLoadReport checks that whatever can be read as a report is saved and read
// again as the same one, and that the errors of everything else name the file.
func FuzzLoadReport(f *testing.F) {
	path := filepath.Join(f.TempDir(), "report")
	add := func(r *Report) {
		data, err := r.MarshalJSON()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	body := func(s *S) {
		var n atomic.Int64
		for range 2 {
			s.Go("t", func() { n.Store(n.Load() + 1) })
		}
		s.Wait()
		if n.Load() != 2 {
			s.Errorf("one was lost")
		}
	}
	r := Explore(body, Config{})
	add(r)
	merged, err := Merge(r)
	if err != nil {
		f.Fatal(err)
	}
	add(merged)
	f.Add([]byte(`{"version": "annulus report v1", "shards": 2, "failures": [null]}`))
	f.Add([]byte("{\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		r, err := LoadReport(path)
		if err != nil {
			if !bytes.HasPrefix([]byte(err.Error()), []byte(path+":")) {
				t.Fatalf("%v does not name the file", err)
			}
			return
		}
		once, err := r.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var again Report
		if err := again.UnmarshalJSON(once); err != nil {
			t.Fatalf("%v\n%s", err, once)
		}
		if twice, err := again.MarshalJSON(); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s\nwas read as\n%s, %v", once, twice, err)
		}
		if _, err := Merge(r); err != nil && errors.As(err, new(*SyntaxError)) {
			t.Fatal(err)
		}
	})
}
