package schedules

// The fuzz targets. They have a file of their own since tools that build them for
// other engines put another package in the place of testing in it: nothing here
// may hand its *testing.T to functions in other files, except as an interface.

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"annulus/schedules/atomic"
)

// FuzzParseSchedule checks that whatever can be read is written and read again as the
// same schedule.
func FuzzParseSchedule(f *testing.F) {
	f.Add(writtenText)
	f.Add("annulus schedule v2\nprogram \"\"\nlimits steps=1 livelock=2 parking=true\na Load\n")
	f.Add("annulus schedule v2\nprogram x\nlimits steps=0 livelock=0 parking=false\n\"\\xff\" Load c\n")
	f.Add("#a\n# b\nannulus schedule v2\nprogram `x`\na\"b c\n")
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
	r := Explore(context.Background(), body, Config{})
	add(r)
	merged, err := Merge(r)
	if err != nil {
		f.Fatal(err)
	}
	add(merged)
	f.Add([]byte(`{"version": "annulus report v2", "shards": 2, "failures": [null]}`))
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
