package schedules

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"annulus/schedules/internal/hook"
	"annulus/schedules/trace"
)

// Recording implements [hook.Controller].
func (e *engine) Recording() bool { return e.rec != nil && !e.cur.dying }

// Plain implements [hook.Controller].
func (e *engine) Plain(at unsafe.Pointer, write bool, value any) {
	t := e.cur
	if t.dying {
		return
	}
	if !e.races.on {
		e.begin()
	}
	o := e.objects.get(at, hook.Plain)
	if write {
		e.act(t)
	}
	if !e.looked {
		e.uses(t, o)
	}
	if e.rec != nil {
		e.rec.accessed(t, o, write, value)
	}
	if earlier, found := e.races.conflict(t, o, write); found {
		e.failWith(Race, t, e.raceMessage(o, earlier, use{o.id, t.id, write}))
		t.suspend()
	}
}

func (e *engine) raceMessage(o *object, a, b use) string {
	describe := func(a use) string {
		if a.write {
			return "written by " + e.whereUsed(a)
		}
		return "read by " + e.whereUsed(a)
	}
	return fmt.Sprintf("%s is %s and %s, and nothing orders the two", e.nameOf(o), describe(a), describe(b))
}

// accessed records an access of t to the variable o.
func (r *recorder) accessed(t *task, o *object, write bool, value any) {
	where := r.caller()
	r.uses[use{o.id, t.id, write}] = where
	ev := trace.Event{Kind: trace.Access, Op: "Get", Reads: !write, Writes: write, Place: r.place(where)}
	if write {
		ev.Op = "Set"
	}
	ev.Object = r.object(o, ev.Op, where)
	ev.After = r.e.s.quietly(func() string { return r.variable(o, reflect.ValueOf(value)) })
	ev.Before = ev.After
	if write {
		ev.Before = r.values[ev.Object]
	}
	r.values[ev.Object] = ev.After
	r.add(t, ev)
}

// variable renders the value of the variable o.
func (r *recorder) variable(o *object, v reflect.Value) string {
	if format := r.e.s.format; format != nil && (v.CanInt() || v.CanUint()) {
		var bits uint64
		if v.CanInt() {
			bits = uint64(v.Int())
		} else {
			bits = v.Uint()
		}
		if text := format(r.trace.Objects[r.objects[o]].Name, bits); text != "" {
			return text
		}
	}
	return r.plain(v)
}

// maxPlain bounds the elements of an array or a slice that are shown.
const maxPlain = 8

// plain renders a value of any type, without addresses, which differ between
// executions.
func (r *recorder) plain(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Invalid:
		return "nil"
	case reflect.String:
		return strconv.Quote(v.String())
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return r.pointer(uint64(v.Pointer()))
	case reflect.Interface:
		return r.plain(v.Elem())
	case reflect.Struct:
		fields := make([]string, v.NumField())
		for i := range fields {
			fields[i] = r.plain(v.Field(i))
		}
		return "{" + strings.Join(fields, " ") + "}"
	case reflect.Array, reflect.Slice:
		var elements []string
		for i := range min(v.Len(), maxPlain) {
			elements = append(elements, r.plain(v.Index(i)))
		}
		if v.Len() > maxPlain {
			elements = append(elements, "…")
		}
		return "[" + strings.Join(elements, " ") + "]"
	}
	return fmt.Sprint(v)
}
