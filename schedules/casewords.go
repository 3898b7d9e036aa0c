package schedules

import (
	"regexp"
	"slices"
	"strings"
)

// namesCases names the channels of a select of t, which stands at where, by the words of its
// cases, as far as they have no names and the source can be read.
func (r *recorder) namesCases(t *task, where place) {
	words := selectCases(sourceLines(where.file), where.line)
	if len(words) != len(t.cases) {
		return
	}
	for i, w := range words {
		if w.send != t.cases[i].send {
			return
		}
	}
	for i, w := range words {
		if c := t.cases[i].channel; c != nil && w.channel != "" {
			r.names.calls(c.object, w.channel)
			r.object(c.object, "", where)
		}
	}
}

// caseWords is what a case of a select is in the source.
type caseWords struct {
	send    bool
	channel string // "" if it is too complicated
}

var (
	sendCase    = regexp.MustCompile(`^case\s+(` + operand + `)\s*<-`)
	receiveCase = regexp.MustCompile(`^case\s+(?:[^<]*=\s*)?<-\s*(` + operand + `)?`)
)

// selectCases returns the cases of the select statement in that line, in the order in which the
// compiler hands them to the runtime: the sends, and then the receives from the last one to the
// first. It has none if the line has no select alone, formatted as by gofmt.
func selectCases(lines []string, number int) []caseWords {
	if number < 1 || number > len(lines) || strings.TrimSpace(lines[number-1]) != "select {" {
		return nil
	}
	indent, _, _ := strings.Cut(lines[number-1], "select")
	var sends, receives []caseWords
	for _, line := range lines[number:] {
		text, ok := strings.CutPrefix(line, indent)
		if ok && strings.HasPrefix(text, "}") {
			break
		}
		if !ok || !strings.HasPrefix(text, "case ") {
			continue
		}
		if groups := sendCase.FindStringSubmatch(text); groups != nil {
			sends = append(sends, caseWords{true, groups[1]})
		} else if groups := receiveCase.FindStringSubmatch(text); groups != nil {
			receives = append(receives, caseWords{false, groups[1]})
		} else {
			return nil
		}
	}
	slices.Reverse(receives)
	return append(sends, receives...)
}
