// Package scenario has small concurrent programs on one ring buffer as data: operations
// on named blocks, for a few tasks. It runs none of them; package linearizability does.
//
// A [Program] has a text form, which [Parse] and [LoadProgram] read and String prints.
// Compile checks it and numbers its variables, for whoever runs it. [Reduce] makes a
// program smaller as long as it has some property, such as failing. [Suite] has the
// programs that verify the buffer.
package scenario
