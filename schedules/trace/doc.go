// Package trace holds the record of one execution, and shows it to people.
//
// A [Trace] is what the scheduler of [annulus/schedules] writes down when it
// repeats a failing execution: its events with their values and places, the states
// of what the program observes, why the outcome is wrong, and the nearest execution
// that passes. It is shown as text ([Trace.Text]), as a page for a browser
// ([HTML]) and exported for ui.perfetto.dev ([Perfetto]); the file format is JSON
// ([Write], [Read]).
package trace
