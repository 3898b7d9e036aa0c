package lazyvalue

import "testing"

func TestMadeOnce(t *testing.T) {
	var table Table
	theirs := make(chan []string)
	go func() { theirs <- table.Rows() }()
	ours := table.Rows()
	if rows := <-theirs; &rows[0] != &ours[0] || len(ours) != 2 {
		t.Errorf("%v and %v", rows, ours)
	}
	if table.made != 1 {
		t.Errorf("made %d times", table.made)
	}
}
