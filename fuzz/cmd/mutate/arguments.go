package main

// argument says why slips of a place change nothing that a caller can see, or
// nothing that is promised. It is about the slips whose printed line contains
// Slip and whose source line, trimmed, is Line: not by number, which moves.
type argument struct {
	file   string
	line   string // the source line, trimmed
	slips  []string
	reason string
}

var arguments = []argument{}
