package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"annulus/model"
	"annulus/schedules/files"
)

// History is a history of one ring that was new at its beginning, with what is needed to
// judge it. [Read] and Write keep it as lines of JSON.
type History struct {
	Ring model.Config // of which files keep neither LastGeneration nor LastTail
	// Tasks are the names of the tasks by number, and may be fewer than there are.
	Tasks []string
	// Blocks are the names of what was written with the tags 1, 2, …; they may be
	// fewer than there are, too.
	Blocks  []string
	Entries []Entry
}

func (h *History) names() Names { return Names{Tasks: h.Tasks, Blocks: h.Blocks} }

// Format and version in the first line of a file.
const (
	formatName    = "annulus history"
	formatVersion = 3
	oldVersion    = 2 // is read, too: it lacks only what version 3 has added
)

// Bounds of files.
const (
	maxBytes      = 64 << 20
	maxLine       = 1 << 20 // bytes
	maxOperations = 40_000
	maxName       = 4096 // bytes
)

// Read reads a history. The first line of a file has the format, its version, the ring and
// the names; the last one has the number of operations, as in {"end":37}; every other one
// is an operation. Empty lines are skipped. A file without a last line was cut short, and
// is refused. Errors are those of the reader or of type *[files.SyntaxError], with the
// given name of the file.
//
// A file may have at most 64 MiB, a line less than 1 MiB, and a history at most 40,000
// operations.
//
// Times may be in any unit. Only their order matters, so entries get ranks instead, from
// 0.
func Read(r io.Reader, name string) (*History, error) {
	limited := &io.LimitedReader{R: r, N: maxBytes + 1}
	p := parser{h: &History{}}
	err := p.lines(limited)
	var syntax *files.SyntaxError
	switch {
	case errors.As(err, &syntax) && limited.N == 0:
		syntax = files.TooLong(maxBytes, "a history")
		fallthrough
	case syntax != nil:
		syntax.Line = p.line
		return nil, files.In(name, syntax)
	case err != nil:
		return nil, err
	}
	rank(p.h.Entries, p.times)
	return p.h, nil
}

// parser reads a history line by line.
type parser struct {
	h            *History
	times        []interval // of the entries
	line         int        // from 1
	begun, ended bool
}

// unexpected returns an error without a line number, which [Read] adds.
func unexpected(found, expected string, args ...any) error {
	return &files.SyntaxError{Found: found, Expected: fmt.Sprintf(expected, args...)}
}

func (p *parser) lines(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		p.line++
		if line := bytes.TrimSpace(lines.Bytes()); len(line) > 0 {
			if err := p.read(line); err != nil {
				return err
			}
		}
	}
	p.line++
	n := len(p.h.Entries)
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return unexpected("a longer line", "less than %d bytes in a line", maxLine)
	case err != nil:
		return err
	case !p.begun:
		return unexpected("the end", "%s", firstLine)
	case !p.ended:
		return unexpected("the end", "the rest: a whole file has a last line, which after %d operations would be %s", n, lastLine(n))
	}
	return nil
}

func (p *parser) read(line []byte) error {
	n := len(p.h.Entries)
	switch {
	case p.ended:
		return unexpected(files.Quote(string(line)), "nothing behind the last line, %s", lastLine(n))
	case !p.begun:
		p.begun = true
		return p.h.readHeader(line)
	}
	e, during, err := readOperation(line)
	if err != nil {
		var last endLine
		if strict(line, &last, "") != nil || last.End == nil {
			return err
		}
		if p.ended = true; *last.End != n {
			return unexpected(lastLine(*last.End), "%s, the number of operations before it", lastLine(n))
		}
		return nil
	}
	if n == maxOperations {
		return unexpected("another operation", "at most %d operations", maxOperations)
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

// Write writes the history in the form that [Read] reads. The error says that it has more
// than 40,000 operations, or an entry that is no operation, or is w's.
func (h *History) Write(w io.Writer) error {
	if len(h.Entries) > maxOperations {
		return fmt.Errorf("history: a history of %d operations; must have %d at most", len(h.Entries), maxOperations)
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

// interval has the times of an operation's call and return, in the unit of the file.
type interval struct{ call, reply int64 }

// rank sets the ranks of the entries from their times.
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

// ringField is a ring in the first line.
type ringField struct {
	Capacity     int64   `json:"capacity"`
	Classes      []int64 `json:"classes"`
	CopyOnAccess int64   `json:"copy_on_access,omitempty"`
	DiscardLive  bool    `json:"discard_live,omitempty"`
	Batch        int64   `json:"batch,omitempty"`

	// Of version 2, where it demanded that the block freed last was reused first. Nobody
	// promises that any more.
	StrictLIFO *bool `json:"strict_lifo,omitempty"`
}

const exampleHeader = `{"format":"annulus history","version":3,"ring":{"capacity":512,"classes":[64,128]}}`

// firstLine is what errors expect where a file begins.
const firstLine = "a first line such as " + exampleHeader

func (h *History) header() header {
	r := &ringField{
		Capacity: int64(h.Ring.Capacity), CopyOnAccess: int64(h.Ring.CopyOnAccessBytes),
		DiscardLive: h.Ring.DiscardLive, Batch: int64(h.Ring.Batch),
	}
	for _, size := range h.Ring.Classes {
		r.Classes = append(r.Classes, int64(size))
	}
	return header{formatName, formatVersion, r, h.Tasks, h.Blocks}
}

func (h *History) readHeader(line []byte) error {
	var first header
	err := strict(line, &first, firstLine)
	version := fmt.Sprintf("version %d", first.Version)
	switch {
	case first.Format != formatName:
		return unexpected("no history", "%s", firstLine)
	case first.Version == 1:
		return unexpected(version, "version %d: a file of version 1 that is known to be whole becomes one of it by that "+
			"number and by a last line with the number of operations, such as %s", formatVersion, lastLine(37))
	case first.Version != formatVersion && first.Version != oldVersion:
		return unexpected(version, "version %d", formatVersion)
	case err != nil:
		return err
	case first.Ring == nil:
		return unexpected("no ring", "%s", firstLine)
	}
	for _, name := range slices.Concat(first.Tasks, first.Blocks) {
		if len(name) > maxName {
			return unexpected(fmt.Sprintf("a name of %d bytes", len(name)), "at most %d", maxName)
		}
	}
	h.Tasks, h.Blocks = first.Tasks, first.Blocks
	return h.readRing(first.Ring)
}

func (h *History) readRing(r *ringField) error {
	if r.StrictLIFO != nil {
		return unexpected(`"strict_lifo" in the ring`, "a ring without it: in which order freed blocks are reused is not judged any more")
	}
	for _, n := range append([]int64{r.Capacity, r.CopyOnAccess, r.Batch}, r.Classes...) {
		if n < 0 || n > math.MaxInt32 {
			return unexpected(strconv.FormatInt(n, 10)+" in the ring", "from 0 to %d", math.MaxInt32)
		}
	}
	h.Ring = model.Config{
		Capacity: uint64(r.Capacity), CopyOnAccessBytes: uint64(r.CopyOnAccess),
		DiscardLive: r.DiscardLive, Batch: int(r.Batch),
	}
	for _, size := range r.Classes {
		h.Ring.Classes = append(h.Ring.Classes, uint64(size))
	}
	if err := h.Ring.Validate(); err != nil {
		return unexpected("a ring that cannot be: "+err.Error(), "one that can")
	}
	return nil
}

// strict reads one JSON value that has no fields but those of v.
func strict(line []byte, v any, expected string) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return unexpected(err.Error(), "%s", expected)
	}
	if _, err := d.Token(); err != io.EOF {
		return unexpected("more behind the closing brace", "one object in a line")
	}
	return nil
}
