package lateanswer

import (
	"testing"
	"time"
)

func TestAsLongAsTheLimit(t *testing.T) {
	const limit = 4 * time.Millisecond
	text, err := Within(limit, func() (string, error) {
		time.Sleep(limit)
		return "ready", nil
	})
	if text != "ready" && err != ErrLate {
		t.Errorf("%q, %v", text, err)
	}
}
