package schedules

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"

	"annulus/schedules/internal/hook"
)

// recorder writes down everything about one execution.
type recorder struct {
	e           *engine
	trace       *Trace
	steps       []Step
	last        *task // who performed the last step
	preemptions int   // of the execution at that step
	pointers    map[uint64]int
	uses        map[use]place     // of variables, the last of each kind
	shown       map[string]string // state rows as printed last
	depth       [MaxTasks]int     // operations that a task has invoked and not returned from
}

func newRecorder(e *engine) *recorder {
	return &recorder{
		e: e, trace: new(Trace),
		pointers: map[uint64]int{}, uses: map[use]place{}, shown: map[string]string{},
	}
}

// into completes a failure with what was recorded of it.
func (r *recorder) into(f *Failure) {
	r.trace.Outcome = f.Error()
	f.Trace = r.trace
	cfg := &r.e.cfg
	f.Schedule = Schedule{
		Limits: Limits{Steps: cfg.Steps, LivelockRounds: cfg.LivelockRounds, NoParking: cfg.NoParking},
		Steps:  r.steps,
	}
}

// performed records the operation that t is about to perform.
func (r *recorder) performed(t *task) {
	step := r.e.step(t)
	r.steps = append(r.steps, step)
	where := caller()
	if o := t.obj; o != nil {
		r.firstUse(o, step.Object, where)
	}
	if t.op == hook.Invoke {
		return // S records the invocation itself
	}
	text := step.Op + "()"
	op := t.op
	if t.obj != nil && t.obj.typ == hook.Value {
		op = hook.None // its values come with show
	}
	switch op {
	case hook.WaitAll:
		text = "wait for all"
	case hook.Store, hook.Swap, hook.Add, hook.And, hook.Or, hook.WaitGroupAdd:
		text = step.Op + "(" + r.value(t, t.a) + ")"
	case hook.CompareAndSwap:
		text = "CAS(" + r.value(t, t.a) + ", " + r.value(t, t.b) + ")"
	}
	if step.Object != "" {
		text = step.Object + "." + text
	}
	r.add(t, Event{Kind: Operation, Text: text, Where: where.short()})
}

// result completes the record of the operation in progress.
func (r *recorder) result(result uint64, _ hook.Effect) {
	t := r.e.cur
	var text string
	if t.obj != nil && t.obj.typ == hook.Value {
		return
	}
	switch t.op {
	case hook.Load, hook.Swap, hook.Add, hook.And, hook.Or:
		text = r.value(t, result)
	case hook.CompareAndSwap, hook.TryLock, hook.TryRLock:
		text = strconv.FormatBool(result != 0)
	default:
		return
	}
	r.extend(" = " + text)
}

// extend completes the text of the operation in progress.
func (r *recorder) extend(text string) { r.trace.Events[len(r.trace.Events)-1].Text += text }

// show completes the record of an operation whose operands and results are values
// of any type.
func (r *recorder) show(operands, results []any) {
	render := func(values []any) string {
		return r.e.s.quietly(func() string {
			texts := make([]string, len(values))
			for i, v := range values {
				texts[i] = r.plain(reflect.ValueOf(v))
			}
			return strings.Join(texts, ", ")
		})
	}
	t := r.e.cur
	name := opNames[t.op]
	if t.op == hook.CompareAndSwap {
		name = "CAS"
	}
	text := objectName(t.obj) + "." + name + "(" + render(operands) + ")"
	if len(results) > 0 {
		text += " = " + render(results)
	}
	r.trace.Events[len(r.trace.Events)-1].Text = text
}

func (r *recorder) invoked(t *task, name, args string) {
	r.add(t, Event{Kind: Invocation, Text: name + "(" + args + ") {", Where: caller().short()})
	r.depth[t.id]++
}

func (r *recorder) returned(t *task, result string) {
	if r.depth[t.id] > 0 {
		r.depth[t.id]--
	}
	text := "}"
	if result != "" {
		text += " = " + result
	}
	r.add(t, Event{Kind: Response, Text: text, Where: caller().short()})
	r.observe()
}

func (r *recorder) logged(t *task, message string) {
	r.add(t, Event{Kind: Log, Text: message, Where: caller().short()})
}

// observe records the state rows that have changed.
func (r *recorder) observe() {
	hook.Quietly(r.observeRows)
}

func (r *recorder) observeRows() {
	for _, row := range r.e.s.rows {
		text := row.text()
		if before, ok := r.shown[row.name]; ok && before == text {
			continue
		}
		r.shown[row.name] = text
		r.trace.Events = append(r.trace.Events, Event{Kind: State, Text: row.name + ": " + text, Task: -1})
	}
}

// finish completes the trace of an execution that has ended.
func (r *recorder) finish() {
	r.observe()
	for _, t := range r.e.tasks[:r.e.n] {
		r.trace.Tasks = append(r.trace.Tasks, r.e.label(t))
	}
}

func (r *recorder) add(t *task, ev Event) {
	ev.Task = t.id
	ev.Step = r.e.steps
	ev.Depth = r.depth[t.id]
	if r.last != nil && t != r.last {
		ev.Switch = true
		ev.Preemption = r.e.preemptions > r.preemptions
	}
	r.last, r.preemptions = t, r.e.preemptions
	r.trace.Events = append(r.trace.Events, ev)
}

func (r *recorder) firstUse(o *object, name string, where place) {
	if len(r.trace.Objects) <= int(o.id) {
		r.trace.Objects = append(r.trace.Objects, make([]ObjectInfo, int(o.id)+1-len(r.trace.Objects))...)
	}
	if info := &r.trace.Objects[o.id]; info.Name == "" {
		*info = ObjectInfo{Name: name, FirstUse: where.long(), Source: sourceLine(where.file, where.line)}
	}
}

// value renders a value of the type of the operation's object.
func (r *recorder) value(t *task, v uint64) string {
	if format := r.e.s.format; format != nil && t.obj.typ >= hook.Int32 && t.obj.typ <= hook.Uintptr {
		if text := format(r.trace.Objects[t.obj.id], v); text != "" {
			return text
		}
	}
	switch t.obj.typ {
	case hook.Bool:
		return strconv.FormatBool(v != 0)
	case hook.Int32:
		return strconv.FormatInt(int64(int32(v)), 10)
	case hook.Int64, hook.WaitGroup:
		return strconv.FormatInt(int64(v), 10)
	case hook.Pointer:
		return r.pointer(v)
	}
	if v == ^uint64(0) {
		return "-1" // subtracting one from an unsigned value
	}
	if v >= 1<<20 {
		return fmt.Sprintf("%#x", v)
	}
	return strconv.FormatUint(v, 10)
}

// pointer names a pointer by the order of first appearances, since addresses
// differ between executions.
func (r *recorder) pointer(v uint64) string {
	if v == 0 {
		return "nil"
	}
	number, ok := r.pointers[v]
	if !ok {
		number = len(r.pointers) + 1
		r.pointers[v] = number
	}
	return "&" + strconv.Itoa(number)
}

// place is where in the program an operation stands.
type place struct {
	function, file string
	line           int
}

func (p place) short() string {
	if p.file == "" {
		return ""
	}
	return filepath.Base(p.file) + ":" + strconv.Itoa(p.line)
}

func (p place) long() string {
	function := p.function[strings.LastIndexByte(p.function, '/')+1:]
	return function + ", " + p.short()
}

var home = reflect.TypeFor[engine]().PkgPath()

// ownFrames begin the names of the functions that stand between the program and
// the recorder.
var ownFrames = []string{
	home + "/atomic.", home + "/sync.", home + "/runtime.", home + "/plain.",
	home + ".(*engine).", home + ".(*recorder).", home + ".(*S).", home + ".caller",
	"sync.(*Once).",
}

// caller returns the innermost place outside the scheduler and the drop-ins.
func caller() place {
	var pcs [32]uintptr
	return outside(pcs[:runtime.Callers(2, pcs[:])])
}

// outside returns the innermost of the places that is outside the scheduler and
// the drop-ins.
func outside(pcs []uintptr) place {
	frames := runtime.CallersFrames(pcs)
	for {
		frame, more := frames.Next()
		if !isOwn(frame.Function) {
			return place{frame.Function, frame.File, frame.Line}
		}
		if !more {
			return place{}
		}
	}
}

func isOwn(function string) bool {
	for _, prefix := range ownFrames {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return false
}
