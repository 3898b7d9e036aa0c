package files

import (
	"errors"
	"fmt"
	"strconv"

	"annulus/schedules/quote"
)

// SyntaxError says where a text is not what its reader expects: a schedule, a
// program, a saved report, a trace. The readers of all files return it.
type SyntaxError struct {
	File     string // its path, "" if the text did not come from a file
	Line     int    // from 1; 0 if no line is to blame
	Found    string // what stands there, in words or quoted
	Expected string // what should
}

// Error returns "FILE:LINE: found …; expected …", fit for a terminal.
func (e *SyntaxError) Error() string {
	text := fmt.Sprintf("found %s; expected %s", quote.Text(e.Found), quote.Text(e.Expected))
	switch {
	case e.File != "" && e.Line > 0:
		return fmt.Sprintf("%s:%d: %s", quote.Text(e.File), e.Line, text)
	case e.File != "":
		return quote.Text(e.File) + ": " + text
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
	return fmt.Errorf("%s: %w", quote.Text(path), err)
}

// Quote quotes what was found, and cuts it where it is long.
func Quote(text string) string { return strconv.Quote(quote.Cut(text, 80)) }

// Ends checks the last line of a text, the words "end" and a number, which must be
// that of what was read before it. words has what stands behind "end"; what says what
// is counted, such as "steps". The error does not know its line.
func Ends(words []string, count int, what string) error {
	want := fmt.Sprintf(`"end %d", the number of %s before it`, count, what)
	if len(words) != 1 {
		return &SyntaxError{Found: fmt.Sprintf(`"end" and %d words`, len(words)), Expected: want}
	}
	if words[0] != strconv.Itoa(count) {
		return &SyntaxError{Found: Quote("end " + words[0]), Expected: want}
	}
	return nil
}

// Cut is the error for a text that ends without its last line.
func Cut(line, count int, what string) *SyntaxError {
	return &SyntaxError{Line: line, Found: "the end",
		Expected: fmt.Sprintf(`the rest: a whole file has a last line, after %d %s it would be "end %[1]d"`, count, what)}
}
