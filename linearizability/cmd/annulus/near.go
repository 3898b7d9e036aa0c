package main

import (
	"fmt"
	"strings"
)

// didYouMean returns the end of a message, which offers the name that is nearest to what
// was written, with the prefix before it; "" if none is near.
func didYouMean(prefix, written string, names []string) string {
	best, least := "", 1+len(written)/3
	for _, name := range names {
		d := distance(written, name)
		if len(written) > 1 && strings.HasPrefix(name, written) {
			d = 1
		}
		if d < least || d == least && best == "" {
			best, least = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s%s?", prefix, best)
}

// distance returns the Levenshtein distance: the number of bytes that must be inserted,
// deleted or replaced to turn one text into the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1) // row[j] is the distance from the prefix of a to b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
