package schedules

import (
	"cmp"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"

	"annulus/schedules/internal/hook"
	"annulus/schedules/trace"
)

// recorder writes down everything about one execution.
type recorder struct {
	e           *engine
	trace       *trace.Trace
	steps       []Step
	last        *task // who performed the last step
	preemptions int   // of the execution at that step
	bare        bool  // no states

	names    naming
	named    int             // events and objects when elements were named last
	objects  map[*object]int // index in trace.Objects
	places   map[place]int   // index in trace.Places
	states   map[string]int  // index in trace.States
	shown    map[int]int     // and that of each observer's last
	pointers map[uint64]int
	uses     map[use]place   // of variables, the last of each kind
	values   map[int]string  // of the objects that hold values of any type, and of variables
	open     [MaxTasks][]int // invocations that the task has not returned from
	before   uint64          // the object's value before the operation in progress
	waits    waits
}

func newRecorder(e *engine) *recorder {
	return &recorder{
		e: e, trace: new(trace.Trace),
		objects: map[*object]int{}, places: map[place]int{}, states: map[string]int{}, shown: map[int]int{},
		pointers: map[uint64]int{}, uses: map[use]place{}, values: map[int]string{},
		waits: waits{grips: map[*object][]grip{}, called: map[*object]call{}, counts: map[*object][]count{}},
	}
}

// into completes a failure with what was recorded of it.
func (r *recorder) into(f *Failure) {
	r.trace.Sources = sources(r.places)
	f.Trace = r.trace
	f.Schedule = r.schedule()
	f.note()
	r.trace.Window = r.trace.Likeliest()
}

// schedule returns what was recorded as a schedule.
func (r *recorder) schedule() Schedule {
	return Schedule{Limits: limitsOf(&r.e.cfg), Steps: r.steps}
}

// Explain sets f.Why, and has the failure's trace say the same as the failure, its
// Command included.
func (f *Failure) Explain(why []string) {
	f.Why = why
	f.note()
}

// note writes into f.Trace what the fields of f say of the failure.
func (f *Failure) note() {
	if f.Trace == nil {
		return
	}
	f.Trace.Program = f.Schedule.Program
	f.Trace.Failure = f.traced()
}

// traced is the failure as traces have it.
func (f *Failure) traced() *trace.Failure {
	return &trace.Failure{
		Class: f.Class.String(), Message: f.Message, Task: f.Task, Stack: frames(f.Stack), Advice: f.advice(),
		Strategy: f.Strategy, Seed: f.Seed, Execution: f.Execution,
		Steps: f.Steps, Preemptions: f.Preemptions, Fewest: f.Fewest, Reproduce: f.Command, Why: f.Why,
		Tried: f.Tried,
	}
}

// performed records the operation that t is about to perform.
func (r *recorder) performed(t *task) {
	r.watch()
	r.steps = append(r.steps, r.e.step(t))
	where := place{}
	if t != r.e.time.task {
		where = r.caller()
	}
	ev := trace.Event{Kind: trace.Step, Op: opNames[t.op], Object: trace.None, Place: r.place(where)}
	if t.obj != nil {
		if t.op == hook.ChanSelect || t.op == hook.ChanPoll {
			r.namesCases(t, where)
		}
		ev.Object = r.object(t.obj, ev.Op, where)
	}
	switch t.op {
	case hook.Invoke:
		return // S records the invocation itself
	case hook.WaitAll:
		ev.Op = shownName(t.op)
	case hook.WaitGroupAdd:
		r.before = uint64(t.obj.count)
	case hook.Load, hook.Store, hook.Swap, hook.CompareAndSwap, hook.Add, hook.And, hook.Or:
		if t.obj.typ == hook.Value {
			break // its values come with show
		}
		r.before = peek(t.obj)
	}
	r.add(t, ev)
}

// result completes the record of the operation in progress.
func (r *recorder) result(result uint64, effect hook.Effect) {
	t := r.e.cur
	r.waits.grasp(t, r.e.steps, result)
	ev := r.newest()
	defer boundedEvent(ev)
	ev.Reads = effect&hook.Read != 0
	ev.Writes = effect&hook.Changed != 0
	if t.obj != nil && t.obj.typ == hook.Value {
		return
	}
	switch t.op {
	case hook.Load, hook.Store, hook.Swap, hook.Add, hook.And, hook.Or, hook.CompareAndSwap:
		after := peek(t.obj)
		ev.As = r.alias(t, after)
		ev.Before, ev.After = r.value(t, r.before), r.value(t, after)
		if t.op == hook.CompareAndSwap {
			ev.Args = r.value(t, t.a) + ", " + r.value(t, t.b)
		}
	case hook.WaitGroupAdd:
		ev.Before, ev.After = r.value(t, r.before), r.value(t, uint64(t.obj.count))
	}
	switch t.op {
	case hook.CompareAndSwap, hook.TryLock, hook.TryRLock:
		ev.Result = strconv.FormatBool(result != 0)
	}
}

func (r *recorder) newest() *trace.Event { return &r.trace.Events[len(r.trace.Events)-1] }

// answered completes the record of the operation in progress by its result.
func (r *recorder) answered(text string) { r.newest().Result = bounded(text) }

// show completes the record of an operation whose operands and results are values
// of any type.
func (r *recorder) show(operands, results []any) {
	render := func(values []any) (texts []string) {
		hook.Quietly(func() {
			for _, v := range values {
				texts = append(texts, r.plain(reflect.ValueOf(v)))
			}
		})
		return texts
	}
	ev := r.newest()
	defer boundedEvent(ev)
	args, answers := render(operands), render(results)
	t := r.e.cur
	if t.obj.typ != hook.Value {
		ev.Args, ev.Result = strings.Join(args, ", "), strings.Join(answers, ", ")
		return
	}
	ev.Before = r.values[ev.Object]
	ev.After = ev.Before
	switch t.op {
	case hook.Load:
		ev.Before, ev.After = answers[0], answers[0]
	case hook.Store:
		if ev.After = args[0]; !ev.Writes { // it has panicked, or stored the same
			ev.Args, ev.After = args[0], ev.Before
		}
	case hook.Swap:
		ev.Before, ev.After = answers[0], args[0]
	case hook.CompareAndSwap:
		ev.Args, ev.Result = strings.Join(args, ", "), answers[0]
		if answers[0] == "true" {
			ev.Before, ev.After = args[0], args[1]
		}
	}
	ev.Writes = ev.Writes && ev.Before != ev.After
	r.values[ev.Object] = ev.After
}

func (r *recorder) invoked(t *task, name, args string) {
	r.add(t, trace.Event{Kind: trace.Invocation, Op: name, Args: args, Object: trace.None, Place: r.place(r.caller())})
	r.open[t.id] = append(r.open[t.id], len(r.trace.Events)-1)
}

func (r *recorder) returned(t *task, result string) {
	r.watch()
	r.add(t, trace.Event{Kind: trace.Response, Result: result, Object: trace.None, Place: r.place(r.caller())})
	if open := r.open[t.id]; len(open) > 0 {
		r.open[t.id] = open[:len(open)-1]
	}
	r.observe()
}

func (r *recorder) logged(t *task, message string) {
	r.watch()
	r.add(t, trace.Event{Kind: trace.Log, Text: message, Object: trace.None, Place: r.place(r.caller())})
}

// finish completes the trace of an execution that has ended.
func (r *recorder) finish() {
	r.observe()
	if judged := r.e.s.judged; judged != nil && !r.bare {
		hook.Quietly(func() { r.trace.History = judged() })
	}
	r.leaves()
	r.elements()
	for _, t := range r.e.tasks[:r.e.n] {
		r.trace.Tasks = append(r.trace.Tasks, r.e.label(t))
	}
}

func (r *recorder) add(t *task, ev trace.Event) {
	ev.Task = t.id
	ev.Step = r.e.steps
	ev.Parent = trace.None
	if open := r.open[t.id]; len(open) > 0 {
		ev.Parent = open[len(open)-1]
	}
	if r.last != nil && t != r.last {
		ev.Switch = true
		ev.Preemption = r.e.preemptions > r.preemptions
	}
	r.last, r.preemptions = t, r.e.preemptions
	boundedEvent(&ev)
	r.trace.Events = append(r.trace.Events, ev)
}

// object returns the index of the object, which the operation op uses at where.
func (r *recorder) object(o *object, op string, where place) int {
	i, ok := r.objects[o]
	if !ok {
		i = len(r.trace.Objects)
		r.objects[o] = i
		r.trace.Objects = append(r.trace.Objects, trace.Object{
			Name: r.names.of(o, op, where), Type: typeNames[o.typ], First: r.place(where),
		})
	}
	return i
}

// place returns the index of the place.
func (r *recorder) place(p place) int {
	if p.file == "" {
		return trace.None
	}
	i, ok := r.places[p]
	if !ok {
		i = len(r.trace.Places)
		r.places[p] = i
		r.trace.Places = append(r.trace.Places, trace.Place{Function: p.function, File: p.stable(), Line: p.line})
	}
	return i
}

// alias is what the object of the operation is called that leaves it with this value,
// "" if that is its name.
func (r *recorder) alias(t *task, after uint64) string {
	rename := r.e.s.rename
	if rename == nil || !t.obj.typ.Integer() {
		return ""
	}
	name := r.trace.Objects[r.objects[t.obj]].Name
	if as := rename(name, after); as != name {
		return as
	}
	return ""
}

// value renders a value of the type of the operation's object.
func (r *recorder) value(t *task, v uint64) string {
	if format := r.e.s.format; format != nil && t.obj.typ.Integer() {
		name := r.trace.Objects[r.objects[t.obj]].Name
		if text := format(cmp.Or(r.newest().As, name), v); text != "" {
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
	if v >= 1<<20 {
		return "0x" + strconv.FormatUint(v, 16)
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

// peek returns the bits of the value of an atomic.
func peek(o *object) uint64 {
	switch o.typ {
	case hook.Bool, hook.Uint32:
		return uint64(atomic.LoadUint32((*uint32)(o.at)))
	case hook.Int32:
		return uint64(int64(atomic.LoadInt32((*int32)(o.at))))
	case hook.Int64, hook.Uint64:
		return atomic.LoadUint64((*uint64)(o.at))
	}
	return uint64(atomic.LoadUintptr((*uintptr)(o.at)))
}
