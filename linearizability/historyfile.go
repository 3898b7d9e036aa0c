package linearizability

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/anishathalye/porcupine"

	"annulus/schedules"
	"annulus/schedules/quote"
)

// History is a history of one ring that was new at its beginning, with what is
// needed to judge it: where it was recorded makes no difference. [ReadHistory]
// and Write keep it as lines of JSON.
type History struct {
	Ring Ring
	// Tasks are the names of the tasks by number, and may be fewer than there are.
	Tasks []string
	// Blocks are the names of what was written with the tags 1, 2, …; they may be
	// fewer than there are, too.
	Blocks  []string
	Entries []Entry
}

// Format and version in the first line of a file.
const (
	historyFormat  = "annulus history"
	historyVersion = 2
)

// Bounds of files.
const (
	maxHistoryBytes      = 64 << 20
	maxHistoryLine       = 1 << 20 // bytes
	maxHistoryOperations = 40_000
)

// Judge returns what [Judge] does, with the names of tasks and blocks.
func (h *History) Judge() error {
	j, err := h.judge()
	if err != nil {
		return err
	}
	return j.decide((&history{entries: h.Entries}).ordered()).err()
}

func (h *History) judge() (*judge, error) {
	c := &code{program: &Program{Ring: h.Ring}, model: h.Ring.model(), taskNames: h.Tasks, tagNames: h.Blocks}
	return newJudge(c), c.model.Validate()
}

// maxDrawn bounds the operations of histories of which partial orders are drawn:
// their number grows with the square.
const maxDrawn = 500

// Visualize writes a page for browsers in which porcupine draws the history. Of
// long histories it shows no order.
func (h *History) Visualize(w io.Writer) error {
	j, err := h.judge()
	if err != nil {
		return err
	}
	if len(h.Entries) > maxDrawn {
		j.model.Step = func(state, _, _ any) (bool, any) { return false, state }
	}
	j.allowed = drawBudget
	_, info := porcupine.CheckOperationsVerbose(j.model, j.operations(h.Entries), 0)
	return porcupine.Visualize(j.model, info, w)
}

// HistoryError says what is wrong in a file that is to be a history.
type HistoryError struct {
	Name string // of the file, as ReadHistory was told
	Line int    // from 1
	Text string // what was found, and what was expected
}

// Error returns the place and the text, fit for a terminal.
func (e *HistoryError) Error() string {
	return quote.Text(fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Text))
}

// ReadHistory reads a history. The first line of a file is a [header], the last one
// counts the operations, as in {"end":37}, and every other one is an operation; empty
// lines are skipped. A file that is cut has no last line, and is refused. Its errors are
// those of the reader or of type *[HistoryError], with the given name of the file.
//
// A file may have 64 MiB, a line 1 MiB, and a history 40,000 operations.
//
// Times may be in any unit. Only their order matters, so entries get ranks
// instead, from 0.
func ReadHistory(r io.Reader, name string) (*History, error) {
	p := historyParser{h: &History{}}
	limited := &io.LimitedReader{R: r, N: maxHistoryBytes + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxHistoryLine)
	n := 0
	fail := func(err error) (*History, error) { return nil, &HistoryError{name, n, err.Error()} }
	for lines.Scan() {
		n++
		if line := bytes.TrimSpace(lines.Bytes()); len(line) > 0 {
			if err := p.line(line); err != nil {
				return fail(err)
			}
		}
	}
	n++
	switch err := lines.Err(); {
	case limited.N == 0:
		return fail(fmt.Errorf("the file is too long; must have at most %d bytes", maxHistoryBytes))
	case errors.Is(err, bufio.ErrTooLong):
		return fail(fmt.Errorf("the line is too long; must have less than %d bytes", maxHistoryLine))
	case err != nil:
		return nil, err
	case !p.begun:
		return fail(fmt.Errorf("the file ends; want a first line such as %s", exampleHeader))
	case !p.ended:
		return fail(fmt.Errorf("the file ends; want the rest: a whole file has a last line, which after %d operations would be %s", len(p.h.Entries), lastLine(len(p.h.Entries))))
	}
	rank(p.h.Entries, p.times)
	return p.h, nil
}

// historyParser reads a history line by line.
type historyParser struct {
	h            *History
	times        []interval // of the entries
	begun, ended bool
}

func (p *historyParser) line(line []byte) error {
	n := len(p.h.Entries)
	switch {
	case p.ended:
		return fmt.Errorf("there is more behind the last line, %s", lastLine(n))
	case !p.begun:
		p.begun = true
		return p.h.readHeader(line)
	}
	e, during, err := readOperation(line)
	if err != nil {
		var last endLine
		if strict(line, &last) != nil || last.End == nil {
			return err
		}
		if p.ended = true; *last.End != n {
			return fmt.Errorf("the last line counts %d operations; before it there are %d", *last.End, n)
		}
		return nil
	}
	if n == maxHistoryOperations {
		return fmt.Errorf("there are more than %d operations", maxHistoryOperations)
	}
	p.h.Entries = append(p.h.Entries, e)
	p.times = append(p.times, during)
	return nil
}

// endLine is the last line of a file.
type endLine struct {
	End *int `json:"end"` // the number of operations
}

func lastLine(operations int) string { return fmt.Sprintf(`{"end":%d}`, operations) }

// Write writes the history in the form that [ReadHistory] reads, unless it has more
// operations than that does.
func (h *History) Write(w io.Writer) error {
	if len(h.Entries) > maxHistoryOperations {
		return fmt.Errorf("linearizability: a history of %d operations; must have %d at most", len(h.Entries), maxHistoryOperations)
	}
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	if err := enc.Encode(h.header()); err != nil {
		return err
	}
	for i := range h.Entries {
		if err := enc.Encode(&h.Entries[i]); err != nil {
			return err
		}
	}
	n := len(h.Entries)
	if err := enc.Encode(endLine{&n}); err != nil {
		return err
	}
	return out.Flush()
}

// interval is that of an operation in the unit of the file.
type interval struct{ call, reply int64 }

// rank gives the entries ranks for their times.
func rank(entries []Entry, times []interval) {
	var all []int64
	for _, t := range times {
		all = append(all, t.call, t.reply)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for i, t := range times {
		call, _ := slices.BinarySearch(all, t.call)
		reply, _ := slices.BinarySearch(all, t.reply)
		entries[i].Call, entries[i].Return = int32(call), int32(reply)
	}
}

// header is the first line of a file.
type header struct {
	Format  string     `json:"format"`
	Version int        `json:"version"`
	Ring    *ringField `json:"ring"`
	Tasks   []string   `json:"tasks,omitempty"`
	Blocks  []string   `json:"blocks,omitempty"`
}

// ringField is a ring in the first line. How patient evictions are does not
// matter to the judge.
type ringField struct {
	Capacity     int   `json:"capacity"`
	Classes      []int `json:"classes"`
	CopyOnAccess int   `json:"copy_on_access,omitempty"`
	DiscardLive  bool  `json:"discard_live,omitempty"`
	StrictLIFO   bool  `json:"strict_lifo,omitempty"`
}

const exampleHeader = `{"format":"annulus history","version":2,"ring":{"capacity":512,"classes":[64,128]}}`

func (h *History) header() header {
	r := &h.Ring
	return header{historyFormat, historyVersion, &ringField{r.Capacity, r.Classes, r.CopyOnAccessBytes, r.DiscardLive, r.StrictLIFO}, h.Tasks, h.Blocks}
}

func (h *History) readHeader(line []byte) error {
	var first header
	err := strict(line, &first)
	switch {
	case first.Format != historyFormat:
		return fmt.Errorf("this is no history; want a first line such as %s", exampleHeader)
	case first.Version == 1:
		return fmt.Errorf("the version is 1; this reads version %d: a file of version 1 that is known to be whole becomes one of it by that "+
			"number and by a last line with the number of operations, such as %s", historyVersion, lastLine(37))
	case first.Version != historyVersion:
		return fmt.Errorf("the version is %d; this reads version %d", first.Version, historyVersion)
	case err != nil:
		return fmt.Errorf("%w; want a first line such as %s", err, exampleHeader)
	case first.Ring == nil:
		return fmt.Errorf("there is no ring; want a first line such as %s", exampleHeader)
	}
	r := first.Ring
	for _, n := range append([]int{r.Capacity, r.CopyOnAccess}, r.Classes...) {
		if n < 0 || n > math.MaxInt32 {
			return fmt.Errorf("%d bytes in the ring; must be from 0 to %d", n, math.MaxInt32)
		}
	}
	h.Ring = Ring{Capacity: r.Capacity, Classes: r.Classes, CopyOnAccessBytes: r.CopyOnAccess, DiscardLive: r.DiscardLive, StrictLIFO: r.StrictLIFO}
	for _, name := range slices.Concat(first.Tasks, first.Blocks) {
		if len(name) > schedules.MaxName {
			return fmt.Errorf("a name of %d bytes; must have %d at most", len(name), schedules.MaxName)
		}
	}
	h.Tasks, h.Blocks = first.Tasks, first.Blocks
	c := h.Ring.model()
	return c.Validate()
}

// strict reads one JSON value that has no fields but those of v.
func strict(line []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is more behind the closing brace; want one object in a line")
	}
	return nil
}
