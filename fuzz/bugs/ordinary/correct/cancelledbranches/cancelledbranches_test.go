package cancelledbranches

import (
	"context"
	"testing"
)

func TestEveryBranchFalls(t *testing.T) {
	root, fell := context.WithCancel(context.Background())
	tree := New()
	_, cut := tree.Grow(root, "left")
	right, _ := tree.Grow(root, "right")
	cut()
	if right.Err() != nil {
		t.Error("the right branch has fallen with the left one")
	}
	go fell()
	if fallen := tree.Wait(); len(fallen) != 2 || fallen["right"] == nil {
		t.Errorf("fallen: %v", fallen)
	}
}
