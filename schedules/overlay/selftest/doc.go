// Package selftest has small programs whose possible outcomes are known. Before annulus
// explores anything with a toolchain for the first time, it explores these, and compares:
// so it is noticed if a hook does not work there.
//
// They are ordinary tests, each of which logs its outcome. Only an overlay has the build tag
// with which they are there: elsewhere their outcomes would be a matter of luck.
package selftest

// Outcomes are all that the tests of this package can log last, in the order of sorted
// text.
var Outcomes = map[string][]string{
	"TestMutex":         {"1 2", "2 1"},
	"TestTryLock":       {"false", "true"},
	"TestRWMutex":       {"0", "1"},
	"TestTyped":         {"1", "2"},
	"TestUntyped":       {"1", "2"},
	"TestMethodValue":   {"1", "2"},
	"TestLibraryCalls":  {"1 2", "2 1"},
	"TestPointer":       {"a", "b"},
	"TestValue":         {"a", "b"},
	"TestCond":          {"1 2", "2 1"},
	"TestOnce":          {"1", "2"},
	"TestOnceFunc":      {"1", "2"},
	"TestMap":           {"1", "2"},
	"TestPool":          {"fresh", "used"},
	"TestWaitGroupGo":   {"1", "2"},
	"TestUnbuffered":    {"1 2", "2 1"},
	"TestBuffered":      {"1 2", "2 1"},
	"TestClose":         {"0 false", "1 true"},
	"TestLen":           {"0", "1", "2"},
	"TestSelect":        {"a", "b"},
	"TestDefault":       {"none", "some"},
	"TestSendOnClosed":  {"panic", "sent"},
	"TestReflectSelect": {"a", "b"},
	"TestRange":         {"3"},
	"TestGosched":       {"0", "1"},
	"TestContext":       {"context canceled", "done"},
	"TestPipe":          {"hello"},
	"TestSubtests":      {"1 2", "2 1"},
	"TestCleanup":       {"body cleanup"},
	"TestIterPull":      {"1", "2"},
	"TestRandom":        {"same"},
	"TestOfItsOwn":      {"quiet"},
	"TestSleep":         {"1 2"},
	"TestSameTime":      {"1 2", "2 1"},
	"TestTimeout":       {"timeout", "work"},
	"TestAfterFunc":     {"fired", "stopped"},
	"TestTicker":        {"3s"},
	"TestDeadline":      {"context deadline exceeded 1s"},
	"TestGoexit":        {"left"},
}
