package trace

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules/files"
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
		"x.json:3: found invalid character":                                   {`"version": 2,`, `"version" 2,`},
		`x.json:3: found JSON of type string for "version"; expected`:         {`"version": 2,`, `"version": "one",`},
		"x.json:3: found 1 for version; expected 2: traces are not converted": {`"version": 2,`, `"version": 1,`},
		`x.json:1: found no "format"; expected`:                               {`"format": "annulus trace",`, ``},
		`x.json:2: found "annulus" for format; expected "annulus trace"`:      {`"format": "annulus trace",`, `"format": "annulus",`},
		"x.json:4: found 8 for count; expected 7, the number of events":       {`"count": 7,`, `"count": 8,`},
		`x.json:1: found no "count"; expected a trace`:                        {`"count": 7,`, ``},
		`x.json:1: found no "events"; expected a trace`:                       {`"events"`, `"event"`},
		`found no "task" in events[0]; expected a trace`:                      {`"task": 0,`, ``},
		`found no "operations" in history; expected a trace`:                  {`"operations"`, `"operation"`},
		"found 9 for events[0].task; expected 0 to 2":                         {`"task": 0,`, `"task": 9,`},
		"found 4 for events[1].object; expected -1 to 0":                      {`"object": 0,`, `"object": 4,`},
		"found 1 for events[1].parent; expected -1 to 0":                      {`"parent": 0,`, `"parent": 1,`},
		"found 77 for window.read; expected 0 to 6":                           {`"read": 3,`, `"read": 77,`},
		"found -2 for history.unplaced; expected -1 to 0":                     {`"unplaced": -1,`, `"unplaced": -2,`},
		"found 5 for history.order[0]; expected 0 to 0":                       {"\"order\": [\n   0", "\"order\": [\n   5"},
		"found 3 for history.places[0].after; expected 0 to 1":                {`"after": 1,`, `"after": 3,`},
	} {
		require.Contains(t, good, change[0])
		bad := strings.Replace(good, change[0], change[1], 1)
		_, err := Read(strings.NewReader(bad), "x.json")
		var syntax *files.SyntaxError
		require.ErrorAs(t, err, &syntax)
		assert.Positive(t, syntax.Line, err)
		assert.ErrorContains(t, err, want)
		if line := strings.Split(bad, "\n")[syntax.Line-1]; !strings.Contains(want, "found no") && change[1] != "" {
			assert.Contains(t, strings.TrimSpace(strings.ReplaceAll(change[1], "\n", "")), strings.TrimSpace(line), "line %d", syntax.Line)
		}
	}
}

// No file makes Read, or anything that draws what it has read, panic; what cannot be
// read is refused with its place; and what can be is written so that it is read and
// written as the same.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	require.NoError(f, Write(&b, full()))
	f.Add(b.Bytes())
	f.Add([]byte(`{"format":"annulus trace","version":2,"count":0,"tasks":null,"objects":null,"places":null,"events":null}`))
	f.Add([]byte(`{"format":"annulus trace","version":2}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		tr, err := Read(bytes.NewReader(content), "fuzz.json")
		if err != nil {
			var syntax *files.SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.Positive(t, syntax.Line, err)
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
