package sendunderlock

import "testing"

func TestTwoChanges(t *testing.T) {
	l := New()
	go l.Enter("one", 1)
	go l.Enter("two", 2)
	sum := 0
	for range 2 {
		_, value := l.Settle()
		sum += value
	}
	if sum != 3 {
		t.Errorf("the sum is %d", sum)
	}
}
