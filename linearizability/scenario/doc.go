// Package scenario describes small concurrent programs on one ring buffer as data:
// operations on named blocks, for a few tasks. It does not run them; package
// linearizability does.
//
// A [Program] has a text form, which [Parse] and [LoadProgram] read and String prints.
// Compile checks a program and numbers its variables, to be run. [Reduce] makes a program
// smaller as long as it keeps some property, such as failing. [Suite] returns the programs
// that verify the buffer.
package scenario
