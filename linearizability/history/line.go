package history

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"annulus/model"
	"annulus/schedules/files"
)

// MarshalJSON returns the entry as a line of a history. Fields of the operation
// that its kind does not use are left out.
func (e Entry) MarshalJSON() ([]byte, error) {
	line := operationLine(&e)
	if err := line.check(new(model.Op)); err != nil {
		return nil, fmt.Errorf("history: %v: %w", e.Op, err)
	}
	return json.Marshal(line)
}

// UnmarshalJSON reads a line of a history, whose times must be ranks: from 0 to
// 2³¹−1.
func (e *Entry) UnmarshalJSON(line []byte) error {
	read, times, err := readOperation(line)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	if times.call < 0 || times.reply > math.MaxInt32 {
		return fmt.Errorf("history: %w", unexpected(fmt.Sprintf("times from %d to %d", times.call, times.reply), "ranks, from 0 to %d", math.MaxInt32))
	}
	*e = read
	e.Call, e.Return = int32(times.call), int32(times.reply)
	return nil
}

// operation is a line of a file. What is nil is left out.
type operation struct {
	Task     *int         `json:"task"`
	Call     *int64       `json:"call"`
	Return   *int64       `json:"return"`
	Op       string       `json:"op"`
	N        *int         `json:"n,omitempty"`
	Evictor  *uint32      `json:"evictor,omitempty"`
	Worker   *uint32      `json:"worker,omitempty"`
	Addr     *uint64      `json:"addr,omitempty"`
	Gen      *uint16      `json:"gen,omitempty"`
	Size     *uint64      `json:"size,omitempty"`
	Tag      *uint64      `json:"tag,omitempty"`
	InRegion *bool        `json:"in_region,omitempty"`
	Cause    string       `json:"cause,omitempty"`
	State    string       `json:"state,omitempty"`
	Seen     *observation `json:"seen,omitempty"`
	Outcome  string       `json:"outcome"`
}

// observation is the field seen. Blocks that were not looked at are null.
type observation struct {
	Head     *uint64         `json:"head"`
	Evicting *uint64         `json:"evicting"`
	Tail     *uint64         `json:"tail"`
	Blocks   []observedBlock `json:"blocks"`
}

type observedBlock struct {
	Addr   *uint64 `json:"addr"`
	Size   *uint64 `json:"size"`
	Gen    uint16  `json:"gen,omitempty"`
	State  string  `json:"state,omitempty"`
	Filler bool    `json:"filler,omitempty"`
}

// fields says which fields an operation has besides task, call, return, op and outcome:
// those that it must have, those that it must have if it succeeded, and optional ones.
type fields struct{ always, ok, perhaps []string }

var fieldsOf = map[model.Kind]fields{
	model.OpAlloc:        {[]string{"n"}, []string{"addr", "size"}, []string{"gen", "worker"}},
	model.OpRelease:      {[]string{"addr"}, nil, []string{"gen", "tag"}},
	model.OpHandOver:     {[]string{"addr"}, nil, []string{"gen", "tag"}},
	model.OpTryTombstone: {[]string{"addr"}, nil, []string{"gen", "tag"}},
	model.OpCancel:       {[]string{"addr"}, nil, []string{"gen", "tag"}},
	model.OpFree:         {[]string{"addr"}, nil, []string{"gen", "tag", "worker"}},
	model.OpBytes:        {[]string{"addr"}, nil, []string{"gen", "tag"}},
	model.OpCopyOnAccess: {[]string{"addr"}, []string{"in_region"}, []string{"gen"}},
	model.OpReserve:      {[]string{"evictor"}, nil, []string{"addr", "size", "n"}},
	model.OpWait:         {[]string{"evictor"}, nil, []string{"addr"}},
	model.OpClaim:        {[]string{"evictor", "addr"}, nil, []string{"gen", "tag"}},
	model.OpUnclaim:      {[]string{"evictor"}, nil, []string{"addr"}},
	model.OpReturn:       {[]string{"evictor", "cause"}, nil, []string{"addr"}},
	model.OpMark:         {[]string{"evictor"}, nil, []string{"addr"}},
	model.OpFinish:       {[]string{"evictor"}, nil, []string{"size"}},
	model.OpObserve:      {[]string{"seen"}, nil, nil},
	model.OpLook:         {[]string{"addr", "state"}, nil, []string{"gen"}},
	model.OpDrained:      {},
	model.OpClose:        {},
	model.OpStock:        {[]string{"worker", "addr", "size"}, nil, []string{"gen"}},
	model.OpSpill:        {[]string{"worker", "addr"}, nil, []string{"gen"}},
	model.OpAim:          {[]string{"worker", "addr"}, nil, nil},
}

// maxTask bounds the numbers of tasks in a file.
const maxTask = 1023

// operationLine returns the entry as a line.
func operationLine(e *Entry) *operation {
	o := &e.Op
	call, reply := int64(e.Call), int64(e.Return)
	line := &operation{Task: &e.Task, Call: &call, Return: &reply, Op: o.Kind.String(), Outcome: o.Outcome.String()}
	addr := uint64(o.Addr)
	f, ok := fieldsOf[o.Kind], o.Outcome == model.OK
	for _, name := range f.all(ok) {
		switch name {
		case "n":
			if o.N != 0 || slices.Contains(f.needed(ok), name) {
				line.N = &o.N
			}
		case "evictor":
			line.Evictor = &o.Evictor
		case "worker":
			line.Worker = unlessZero(&o.Worker)
		case "addr":
			if o.Addr != model.Unknown {
				line.Addr = &addr
			}
		case "gen":
			line.Gen = unlessZero(&o.Gen)
		case "size":
			if o.Size != 0 || slices.Contains(f.needed(ok), name) {
				line.Size = &o.Size
			}
		case "tag":
			line.Tag = unlessZero(&o.Tag)
		case "in_region":
			line.InRegion = &o.InRegion
		case "cause":
			line.Cause = o.Cause.String()
		case "state":
			line.State = o.State.String()
		case "seen":
			line.Seen = observationField(o.Seen)
		}
	}
	return line
}

func unlessZero[T uint16 | uint32 | uint64](v *T) *T {
	if *v == 0 {
		return nil
	}
	return v
}

// needed returns the fields that there must be.
func (f fields) needed(ok bool) []string {
	if ok {
		return slices.Concat(f.always, f.ok)
	}
	return f.always
}

// all returns the fields that there may be.
func (f fields) all(ok bool) []string { return slices.Concat(f.needed(ok), f.perhaps) }

// readOperation reads a line.
func readOperation(text []byte) (Entry, interval, error) {
	var line operation
	var e Entry
	if err := strict(text, &line, "an operation, or the last line"); err != nil {
		return e, interval{}, err
	}
	if err := line.check(&e.Op); err != nil {
		return e, interval{}, err
	}
	e.Task = *line.Task
	o := &e.Op
	o.N, o.Evictor, o.Worker, o.Gen = value(line.N), value(line.Evictor), value(line.Worker), value(line.Gen)
	o.Addr, o.Size, o.Tag = model.Addr(value(line.Addr)), value(line.Size), value(line.Tag)
	o.InRegion = value(line.InRegion)
	if line.Addr == nil && unnamed(o) {
		o.Addr = model.Unknown
	}
	var err error
	if line.Seen != nil {
		o.Seen, err = line.Seen.read()
	}
	return e, interval{*line.Call, *line.Return}, err
}

// unnamed reports whether an operation without an address is about a block that it does
// not name.
func unnamed(o *model.Op) bool {
	switch o.Kind {
	case model.OpReserve:
		return o.Outcome == model.OK
	case model.OpWait, model.OpUnclaim, model.OpReturn, model.OpMark:
		return true
	}
	return false
}

// value returns what v points to, or zero.
func value[T any](v *T) T {
	if v == nil {
		var zero T
		return zero
	}
	return *v
}

// check checks that the line has the fields that it must have and no others, and sets the
// fields of o that are written as names.
func (l *operation) check(o *model.Op) (err error) {
	switch {
	case l.Task == nil || *l.Task < 0 || *l.Task > maxTask:
		return unexpected(found("task", l.Task), "a task from 0 to %d", maxTask)
	case l.Call == nil:
		return unexpected(`no "call"`, "the time of the call")
	case l.Return == nil:
		return unexpected(`no "return"`, "an operation that has returned: a history can be judged when all have, "+
			"since what the others will answer decides what they have done")
	case *l.Call > *l.Return:
		return unexpected(fmt.Sprintf("a return at %d", *l.Return), "one at %d or later, the time of the call", *l.Call)
	}
	if o.Kind, err = byName("op", l.Op, model.OpAim); err != nil {
		return err
	}
	if o.Outcome, err = byName("outcome", l.Outcome, model.Closed); err != nil {
		return err
	}
	f, ok := fieldsOf[o.Kind], o.Outcome == model.OK
	all, has := f.all(ok), l.names()
	for _, name := range f.needed(ok) {
		if !slices.Contains(has, name) {
			return unexpected(fmt.Sprintf("%v = %v without %q", o.Kind, o.Outcome, name), "%q", name)
		}
	}
	for _, name := range has {
		if !slices.Contains(all, name) {
			return unexpected(fmt.Sprintf("%v = %v with %q", o.Kind, o.Outcome, name), "task, call, return, op, outcome and of %q those that apply", all)
		}
	}
	if l.Cause != "" {
		o.Cause, err = byName("cause", l.Cause, model.BatchStopped)
	}
	if l.State != "" {
		o.State, err = byName("state", l.State, model.Spare)
	}
	return err
}

// found describes the value of a field that may be missing, for an error.
func found(name string, value *int) string {
	if value == nil {
		return "no " + strconv.Quote(name)
	}
	return fmt.Sprintf("%d for %s", *value, name)
}

// names returns the names of the fields that are set.
func (l *operation) names() []string {
	var list []string
	for _, f := range []struct {
		name string
		is   bool
	}{
		{"n", l.N != nil}, {"evictor", l.Evictor != nil}, {"worker", l.Worker != nil}, {"addr", l.Addr != nil}, {"gen", l.Gen != nil},
		{"size", l.Size != nil}, {"tag", l.Tag != nil}, {"in_region", l.InRegion != nil},
		{"cause", l.Cause != ""}, {"state", l.State != ""}, {"seen", l.Seen != nil},
	} {
		if f.is {
			list = append(list, f.name)
		}
	}
	return list
}

// byName returns the value that has the name, among those from 0 to last.
func byName[T interface {
	~uint8
	fmt.Stringer
}](field, name string, last T) (T, error) {
	var names []string
	for v := T(0); v <= last; v++ {
		if v.String() == name {
			return v, nil
		}
		names = append(names, v.String())
	}
	return 0, unexpected(fmt.Sprintf("%s for %s", files.Quote(name), field), "one of %s", strings.Join(names, ", "))
}

func observationField(seen *model.Observation) *observation {
	if seen == nil {
		return nil
	}
	head, evicting, tail := uint64(seen.Head), uint64(seen.Evicting), uint64(seen.Tail)
	f := &observation{Head: &head, Evicting: &evicting, Tail: &tail}
	if seen.Blocks != nil {
		f.Blocks = []observedBlock{}
	}
	for _, b := range seen.Blocks {
		addr, size := uint64(b.Addr), b.Size
		k := observedBlock{Addr: &addr, Size: &size, Gen: b.Gen, Filler: b.Filler}
		if b.State != model.None {
			k.State = b.State.String()
		}
		f.Blocks = append(f.Blocks, k)
	}
	return f
}

func (f *observation) read() (*model.Observation, error) {
	if f.Head == nil || f.Evicting == nil || f.Tail == nil {
		return nil, unexpected(`"seen" without all of head, evicting and tail`, "all three")
	}
	seen := &model.Observation{Head: model.Addr(*f.Head), Evicting: model.Addr(*f.Evicting), Tail: model.Addr(*f.Tail)}
	if f.Blocks != nil {
		seen.Blocks = []model.Block{}
	}
	for _, k := range f.Blocks {
		if k.Addr == nil || k.Size == nil {
			return nil, unexpected("a block in \"seen\" without addr or size", "both")
		}
		b := model.Block{Addr: model.Addr(*k.Addr), Size: *k.Size, Gen: k.Gen, Filler: k.Filler}
		if k.State != "" {
			var err error
			if b.State, err = byName("state", k.State, model.Spare); err != nil {
				return nil, err
			}
		}
		seen.Blocks = append(seen.Blocks, b)
	}
	return seen, nil
}
