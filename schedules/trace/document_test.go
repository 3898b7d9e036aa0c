package trace_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules/trace"
)

// types returns the structs that a trace consists of.
func types(of reflect.Type, found map[string]reflect.Type) map[string]reflect.Type {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice:
		types(of.Elem(), found)
	case reflect.Struct:
		if found[of.Name()] == nil {
			found[of.Name()] = of
			for i := range of.NumField() {
				types(of.Field(i).Type, found)
			}
		}
	}
	return found
}

// TestFormatIsDocumented compares the document with the types: every field has a row
// in its type's table that says whether it is always there, and there are no others.
func TestFormatIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/trace-format.md")
	require.NoError(t, err)
	_, format, found := strings.Cut(string(text), "## JSON\n")
	require.True(t, found)
	sections := map[string]string{}
	for _, section := range strings.Split(format, "\n### ")[1:] {
		name, content, _ := strings.Cut(section, "\n")
		sections[name] = content
	}
	row := regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (always)?")
	for name, typ := range types(reflect.TypeFor[trace.Trace](), map[string]reflect.Type{}) {
		documented, want := map[string]bool{}, map[string]bool{}
		for _, m := range row.FindAllStringSubmatch(sections[name], -1) {
			documented[m[1]] = m[2] != ""
		}
		for i := range typ.NumField() {
			field, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			want[field] = options != "omitempty"
		}
		assert.Equal(t, want, documented, "### %s: the fields, and whether they are always there", name)
		delete(sections, name)
	}
	assert.Empty(t, sections, "types that do not exist")
	for _, kind := range []trace.Kind{trace.Step, trace.Invocation, trace.Response, trace.Log, trace.Access, trace.Pending} {
		assert.Contains(t, format, "`"+string(kind)+"`")
	}
}
