package schedules

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// SyntaxError says where a text is not what its reader expects: a schedule, a
// program, a saved report. The readers of all files wrap or return it.
type SyntaxError struct {
	File     string // its path, "" if the text did not come from a file
	Line     int    // from 1; 0 if no line is to blame
	Found    string // what stands there, in words or quoted
	Expected string // what should
}

// Error returns "FILE:LINE: found …; expected …".
func (e *SyntaxError) Error() string {
	text := fmt.Sprintf("found %s; expected %s", e.Found, e.Expected)
	switch {
	case e.File != "" && e.Line > 0:
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, text)
	case e.File != "":
		return e.File + ": " + text
	case e.Line > 0:
		return fmt.Sprintf("line %d: %s", e.Line, text)
	}
	return text
}

// In says of which file a reader's error is: a [SyntaxError] that names none gets the
// path, and of others the path is put in front. In of nil is nil.
func In(path string, err error) error {
	var syntax *SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax) && error(syntax) == err && syntax.File == "":
		named := *syntax
		named.File = path
		return &named
	}
	return fmt.Errorf("%s: %w", path, err)
}

// DecodeJSON is [json.Unmarshal] for the content of a file: what is wrong with the
// text, or with the type of a value, it reports as a [SyntaxError] that names the
// line. expected says what the file should hold.
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
	}
	return err
}

// lineAt returns the number of the line that has the byte before the offset.
func lineAt(data []byte, offset int64) int {
	line := 1
	for _, c := range data[:max(0, min(offset-1, int64(len(data))))] {
		if c == '\n' {
			line++
		}
	}
	return line
}

// quote quotes what was found, and cuts it where it is long.
func quote(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return strconv.Quote(text)
}
