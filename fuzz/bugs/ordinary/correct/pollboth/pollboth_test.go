package pollboth

import "testing"

func TestFirst(t *testing.T) {
	left, right := make(chan int), make(chan int, 1)
	go func() { left <- 1 }()
	go func() { right <- 2 }()
	if sum := First(left, right); sum != 3 {
		t.Errorf("the sum is %d", sum)
	}
}
