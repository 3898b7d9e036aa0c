package scenario

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed suite.txt
var suiteText string

// Suite returns the programs that verify the buffer, in the order in which they
// are explored. Their names say what they exercise.
func Suite() []Program { return parseSuite(suiteText) }

// parseSuite reads programs with empty lines between them, followed by the word end and
// their number. It panics if the text is not a suite, since it is part of the source.
func parseSuite(text string) []Program {
	var suite []Program
	for text := range strings.SplitSeq(text, "\n\n") {
		p := strings.TrimSpace(text)
		switch {
		case p == fmt.Sprint(endKey, " ", len(suite)):
			return suite
		case strings.HasPrefix(p, endKey+" "): // of another number
		case p != "" && !strings.HasPrefix(p, "#"):
			suite = append(suite, MustParse(p))
		}
	}
	panic(fmt.Sprintf("scenario: the suite has no last line \"end %d\", the number of its programs", len(suite)))
}
