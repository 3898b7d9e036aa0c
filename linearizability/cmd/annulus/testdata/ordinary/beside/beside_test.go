// Package beside has tests that end in other ways than by passing.
package beside

import (
	"os"
	"testing"
)

// TestReads waits for something that no scheduler controls.
func TestReads(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer w.Close()
		select {}
	}()
	if _, err := r.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
}

func TestExits(t *testing.T) {
	go os.Exit(3)
	select {}
}

func TestSkips(t *testing.T) { t.Skip("not today") }

// TestLeaks leaves a goroutine behind.
func TestLeaks(t *testing.T) {
	c := make(chan int)
	go func() { c <- 1 }()
}

func TestSubtests(t *testing.T) {
	c := make(chan string, 2)
	t.Run("both", func(t *testing.T) {
		for _, name := range []string{"a", "b"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				c <- t.Name()
			})
		}
	})
	if a, b := <-c, <-c; a == b {
		t.Errorf("%s twice", a)
	}
}
