package files

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// DecodeJSON is [json.Unmarshal] for the content of a file: what is wrong with the
// text, or with the type of a value, it reports as a [SyntaxError] that names the
// line. So it does if a field of a struct is missing that would always be written,
// having no omitempty. expected says what the file should hold.
func DecodeJSON(data []byte, value any, expected string) error {
	err := json.Unmarshal(data, value)
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(data)):
		return &SyntaxError{Line: lineAt(data, syntax.Offset), Found: "the end", Expected: "the rest of " + expected}
	case errors.As(err, &syntax):
		return &SyntaxError{Line: lineAt(data, syntax.Offset), Found: syntax.Error(), Expected: expected}
	case errors.As(err, &typed):
		found := "JSON of type " + typed.Value
		if typed.Field != "" {
			found += " for " + strconv.Quote(typed.Field)
		}
		return &SyntaxError{Line: lineAt(data, typed.Offset), Found: found, Expected: expected}
	case err != nil:
		return err
	}
	w := walker{data: data, decoder: json.NewDecoder(bytes.NewReader(data))}
	if missing := w.value(reflect.TypeOf(value), ""); missing != nil {
		missing.Expected = expected + ", with " + missing.Expected
		return missing
	}
	return nil
}

// At is the error about a value of a JSON document, which is at the path, such as
// "events[3].task".
func At(data []byte, path, found, expected string) *SyntaxError {
	return &SyntaxError{Line: LineOf(data, path), Found: found + " for " + path, Expected: expected}
}

// walker goes through JSON that is known to be valid, and to be of the right types.
type walker struct {
	data    []byte
	decoder *json.Decoder
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// value goes through a value of the type, and returns the first field that is missing.
func (w *walker) value(t reflect.Type, path string) *SyntaxError {
	for t.Kind() == reflect.Pointer && !t.Implements(unmarshaler) {
		t = t.Elem()
	}
	list := t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8
	if t.Implements(unmarshaler) || reflect.PointerTo(t).Implements(unmarshaler) || !list && t.Kind() != reflect.Struct {
		w.skip()
		return nil
	}
	start := w.decoder.InputOffset()
	token, _ := w.decoder.Token()
	switch token {
	case json.Delim('['):
		for i := 0; w.decoder.More(); i++ {
			if missing := w.value(t.Elem(), fmt.Sprintf("%s[%d]", path, i)); missing != nil {
				return missing
			}
		}
	case json.Delim('{'):
		if missing := w.object(t, path, start); missing != nil {
			return missing
		}
	default: // null
		return nil
	}
	_, _ = w.decoder.Token() // the end of the list or the object
	return nil
}

// object goes through the fields of an object behind its brace.
func (w *walker) object(t reflect.Type, path string, start int64) *SyntaxError {
	fields := fieldsOf(t)
	seen := map[string]bool{}
	for w.decoder.More() {
		token, _ := w.decoder.Token()
		name, _ := token.(string)
		seen[name] = true
		at := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if at < 0 {
			w.skip()
			continue
		}
		if missing := w.value(fields[at].of, strings.TrimPrefix(path+"."+name, ".")); missing != nil {
			return missing
		}
	}
	for _, f := range fields {
		if f.always && !seen[f.name] {
			found := "no " + strconv.Quote(f.name)
			if path != "" {
				found += " in " + path
			}
			return &SyntaxError{Line: lineBehind(w.data, start), Found: found, Expected: strconv.Quote(f.name)}
		}
	}
	return nil
}

func (w *walker) skip() {
	var raw json.RawMessage
	_ = w.decoder.Decode(&raw) // which is valid
}

// field is a field of a struct as JSON has it.
type field struct {
	name   string
	of     reflect.Type
	always bool // it is written whatever its value is
}

func fieldsOf(t reflect.Type) (fields []field) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			of := f.Type
			if of.Kind() == reflect.Pointer {
				of = of.Elem()
			}
			fields = append(fields, fieldsOf(of)...)
		case name == "-" || !f.IsExported():
		default:
			fields = append(fields, field{cmp.Or(name, f.Name), f.Type, !strings.Contains(options, "omit")})
		}
	}
	return fields
}

// LineOf returns the line of the value at a path, such as "events[3].task", of a JSON
// document; of the innermost that there is around it, if there is none.
func LineOf(data []byte, path string) int {
	decoder := json.NewDecoder(bytes.NewReader(data))
	offset := int64(0)
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune(".[]", r) }) {
		offset = decoder.InputOffset()
		token, err := decoder.Token()
		if err != nil || !descend(decoder, token, step) {
			return lineBehind(data, offset)
		}
		offset = decoder.InputOffset()
	}
	return lineBehind(data, offset)
}

// descend goes to the value of the name, or of the number, in an object or list whose
// first token has been read.
func descend(decoder *json.Decoder, token json.Token, step string) bool {
	for i := 0; token != nil && decoder.More(); i++ {
		name := strconv.Itoa(i)
		switch token {
		case json.Delim('{'):
			key, err := decoder.Token()
			if name, _ = key.(string); err != nil {
				return false
			}
		case json.Delim('['):
		default:
			return false
		}
		if name == step {
			return true
		}
		var other json.RawMessage
		if decoder.Decode(&other) != nil {
			return false
		}
	}
	return false
}

// lineBehind returns the line of the value that begins behind the offset.
func lineBehind(data []byte, offset int64) int {
	for offset < int64(len(data)) && strings.IndexByte(" \t\r\n:,", data[offset]) >= 0 {
		offset++
	}
	return lineAt(data, offset+1)
}

// lineAt returns the number of the line that has the byte before the offset.
func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:max(0, min(offset-1, int64(len(data))))], []byte("\n"))
}
