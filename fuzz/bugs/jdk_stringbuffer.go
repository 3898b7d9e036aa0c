package bugs

import (
	"annulus/schedules"
	"annulus/schedules/sync"
)

var jdkStringBufferAppend = Bug{
	Name:    "jdk-stringbuffer",
	Project: "OpenJDK 1.4, StringBuffer; in SCTBench as stringbuffer-jdk1.4",
	Link:    "https://github.com/mc-imperial/sctbench/tree/master/benchmarks/conc-bugs/stringbuffer-jdk1.4",
	About: "append asked the other buffer for its length and then for that many characters, each under the other's lock, " +
		"and the other one could shrink in between. " +
		"The lock must be held for both.",
	Class: schedules.Panic,
	Program: func(s *schedules.S, repaired bool) {
		from := &stringBuffer{text: "abc"}
		to := new(stringBuffer)
		s.Go("appender", func() { to.append(from, repaired) })
		s.Go("eraser", func() { from.setLength(0) })
	},
}

// stringBuffer locks itself in each of its methods, and append does so besides
// calling the other buffer's.
type stringBuffer struct {
	mu   sync.Mutex
	text string
}

func (b *stringBuffer) append(other *stringBuffer, atOnce bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if atOnce {
		other.mu.Lock()
		defer other.mu.Unlock()
		b.text += other.text[:len(other.text)]
		return
	}
	n := other.length()
	b.text += other.prefix(n)
}

func (b *stringBuffer) length() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.text)
}

func (b *stringBuffer) prefix(n int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text[:n]
}

func (b *stringBuffer) setLength(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = b.text[:n]
}
