package closedsubscriber

import "testing"

func TestLeaveBesidePrint(t *testing.T) {
	var p Paper
	reader := p.Subscribe()
	printed := make(chan struct{})
	go func() {
		defer close(printed)
		p.Print("one")
	}()
	p.Leave(reader)
	if page, ok := <-reader; ok && page != "one" {
		t.Errorf("read %q", page)
	}
	<-printed
}
