package oneanswer

import (
	"testing"
	"time"
)

func TestAnswerAtTheLimit(t *testing.T) {
	const limit = 2 * time.Millisecond
	missed := make(chan string, 2)
	answer, inTime := Ask(limit, func() string {
		time.Sleep(limit)
		return "yes"
	}, func(answer string) { missed <- answer })
	if !inTime {
		answer = <-missed
	}
	if answer != "yes" || len(missed) > 0 {
		t.Errorf("answered %q, and %d more", answer, len(missed))
	}
}
