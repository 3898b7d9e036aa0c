// Package coverage measures what of the buffer its suites reach: whether the buffer's own
// tests execute all statements, which conditions have been true and false, which moves of a
// block's state have been made, and which steps of one goroutine have run between which two
// steps of another.
//
// The suites are the buffer's own tests, the state machine with the seeds of annulus/fuzz,
// and the verifier. For the pairs of steps it is the scenarios of the verifier and programs
// in which every operation meets every other; each of those executions is judged, too.
//
// The [Command] writes files below .annulus/coverage, and with -into tables in a page of
// docs. It fails if something other than a pair is not reached and no argument in
// arguments.go says why, if an argument is about nothing, and if an execution fails.
package coverage
