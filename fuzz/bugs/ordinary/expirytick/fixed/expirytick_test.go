package expirytick

import (
	"testing"
	"time"
)

func TestIssueAtTheTick(t *testing.T) {
	const tick = 10 * time.Millisecond
	o := Open(tick)
	o.Issue()
	time.Sleep(tick)
	if prepare() == 0 {
		t.Error("not prepared")
	}
	o.Issue()
	o.Issue()
	o.Close()
	if o.issued != 3 {
		t.Errorf("issued %d passes", o.issued)
	}
}

// prepare takes its time, in which the keeper has usually seen the tick.
func prepare() (sum uint) {
	for i := range uint(4_000_000) {
		sum = sum*31 + i | 1
	}
	return sum
}
