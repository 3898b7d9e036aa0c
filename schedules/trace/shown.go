package trace

import (
	"reflect"
	"slices"

	"annulus/schedules/quote"
)

// shown returns a copy of the trace for a terminal: whatever names and texts the
// program has used, nothing in it is more than text. All that draws a trace as text
// draws this copy; escape sequences are added behind it, by [Style] alone.
func (t *Trace) shown() *Trace {
	if t == nil {
		return nil
	}
	return shown(reflect.ValueOf(t), false).Interface().(*Trace)
}

// lines are the fields that stand in the middle of a line.
var lines = []string{
	"Program", "Tasks", "Task", "Class", "Strategy", "Name", "Type", "Function", "File", "Op", "As", "Label", "State",
}

func shown(v reflect.Value, line bool) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		text := quote.Text(v.String())
		if line {
			text = quote.Line(text)
		}
		return reflect.ValueOf(text).Convert(v.Type())
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		to := reflect.New(v.Type().Elem())
		to.Elem().Set(shown(v.Elem(), line))
		return to
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		to := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			to.Index(i).Set(shown(v.Index(i), line))
		}
		return to
	case reflect.Struct:
		to := reflect.New(v.Type()).Elem()
		for i := range v.NumField() {
			to.Field(i).Set(shown(v.Field(i), slices.Contains(lines, v.Type().Field(i).Name)))
		}
		return to
	}
	return v
}
