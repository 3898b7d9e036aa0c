package linearizability

import (
	_ "embed"
	"strings"
)

//go:embed suite.txt
var suiteText string

// Suite returns the programs that verify the buffer, in the order in which they
// are explored. Their names say what they exercise.
func Suite() []Program {
	var suite []Program
	for text := range strings.SplitSeq(suiteText, "\n\n") {
		if p := strings.TrimSpace(text); p != "" && !strings.HasPrefix(p, "#") {
			suite = append(suite, MustParse(p))
		}
	}
	return suite
}
