package lateenqueue

import "testing"

func TestAcceptedJobsAreRun(t *testing.T) {
	r := New()
	ran := false
	accepted := make(chan bool, 1)
	go func() { accepted <- r.Offer(func() { ran = true }) }()
	r.Close()
	if yes := <-accepted; yes != ran {
		t.Errorf("accepted: %v, ran: %v", yes, ran)
	}
}
