package trace

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// full has something in every part of a trace.
func full() *Trace {
	t := script("main invoke put 1", "main Store n 0 1", "state n 1", "main return ok", "a Load n 1", "*b Store n 1 2", "a Store n 2 2", "main log wrong")
	t.Program, t.Notes = "p.TestX", []string{"a note"}
	t.Failure = &Failure{Class: "property", Message: "wrong", Strategy: "search", Steps: 5, Preemptions: 1, Why: []string{"because"}}
	w := t.Windows()[0]
	t.Window = &w
	t.History = &History{Operations: []Operation{{Task: 0, Text: "put(1)", Call: 1, Return: 2}}, Order: []int{0}, Unplaced: None, Places: []Placement{{1, "no"}}}
	t.Passing = &Passing{Step: 3, Text: "a goes on", Trace: script("a Load n 1", "a Store n 1 2")}
	t.Sources = []Source{{"pkg/file.go", 1, []string{"package pkg"}}}
	t.States[0].Ring = &Ring{Capacity: 64, Pointers: []Pointer{{"head", 0}}, Blocks: []Block{{0, 64, "Ready", "a"}}, Lists: []FreeList{{64, []uint64{0}}}}
	return t
}

func TestWriteAndRead(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Write(&b, full()))
	again, err := Read(bytes.NewReader(b.Bytes()), "trace.json")
	require.NoError(t, err)
	assert.Equal(t, full(), again)
}

// Errors name the file, the line or the part, and what was expected.
func TestReadRefuses(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Write(&b, full()))
	good := b.String()
	for want, change := range map[string][2]string{
		"x.json:3: no trace of this version: invalid character":                  {`"version": 1,`, `"version" 1,`},
		"x.json:3: no trace of this version: json: cannot unmarshal":             {`"version": 1,`, `"version": "one",`},
		`format "annulus trace", version 2; expected "annulus trace", version 1`: {`"version": 1,`, `"version": 2,`},
		`format "", version 1; expected`:                                         {`"format": "annulus trace",`, ``},
		"events[0].task is 9; expected 0 to 2":                                   {`"task": 0,`, `"task": 9,`},
		"events[1].object is 4; expected -1 to 0":                                {`"object": 0,`, `"object": 4,`},
		"events[1].parent is 1; expected -1 to 0":                                {`"parent": 0,`, `"parent": 1,`},
		"window.read is 77; expected 0 to 6":                                     {`"read": 3,`, `"read": 77,`},
		"history.unplaced is -2; expected -1 to 0":                               {`"unplaced": -1,`, `"unplaced": -2,`},
		"history.order[0] is 5; expected 0 to 0":                                 {"\"order\": [\n   0", "\"order\": [\n   5"},
		"history.places[0].after is 3; expected 0 to 1":                          {`"after": 1,`, `"after": 3,`},
	} {
		require.Contains(t, good, change[0])
		_, err := Read(strings.NewReader(strings.Replace(good, change[0], change[1], 1)), "x.json")
		require.ErrorIs(t, err, ErrFormat)
		assert.ErrorContains(t, err, want)
	}
}

// No file makes Read, or anything that draws what it has read, panic; what cannot be
// read is refused with ErrFormat; and what can be is written so that it is read and
// written as the same.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	require.NoError(f, Write(&b, full()))
	f.Add(b.Bytes())
	f.Add([]byte(`{"format":"annulus trace","version":1}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		tr, err := Read(bytes.NewReader(content), "fuzz.json")
		if err != nil {
			require.ErrorIs(t, err, ErrFormat)
			return
		}
		_ = tr.Text(Style{})
		_ = tr.Text(Style{Color: true, Whole: true})
		_ = tr.Windows()
		var b bytes.Buffer
		require.NoError(t, Write(&b, tr))
		again, err := Read(bytes.NewReader(b.Bytes()), "again.json")
		require.NoError(t, err)
		var c bytes.Buffer
		require.NoError(t, Write(&c, again))
		require.Equal(t, b.String(), c.String())
	})
}
