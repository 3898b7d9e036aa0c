package expirytick

import (
	"sync"
	"testing"
	"time"
)

func TestIssueAtTheTick(t *testing.T) {
	const tick = time.Millisecond
	o := Open(tick)
	var callers sync.WaitGroup
	for range 2 {
		callers.Go(func() {
			for range 2 {
				time.Sleep(tick)
				o.Issue()
			}
		})
	}
	callers.Wait()
	o.Close()
	if o.issued != 4 {
		t.Errorf("issued %d passes", o.issued)
	}
}
