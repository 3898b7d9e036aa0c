package cancelledbranches

import (
	"context"
	"testing"
)

func TestEveryBranchFalls(t *testing.T) {
	root, fell := context.WithCancel(context.Background())
	tree := New()
	left, cut := tree.Grow(root, "left")
	tree.Grow(left, "leaf")
	right, _ := tree.Grow(root, "right")
	cut()
	if right.Err() != nil {
		t.Error("the right branch has fallen with the left one")
	}
	go fell()
	if fallen := tree.Wait(); len(fallen) != 3 || fallen["leaf"] == nil || fallen["right"] == nil {
		t.Errorf("fallen: %v", fallen)
	}
}
