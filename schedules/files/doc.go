// Package files has what the readers and writers of this module's files have in
// common: one error for what is wrong in a file, limits of what is read, and
// replacing a file as a whole.
//
// Every format tells a whole file from one that is cut. Texts end with a line that
// counts what stands before it, "end 37" or {"end":37}. JSON documents are not JSON
// when they are cut; they count what is in their lists, and a field that is always
// written must be there.
package files
