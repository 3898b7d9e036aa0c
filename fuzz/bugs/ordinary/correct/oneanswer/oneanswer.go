// Package oneanswer is correct, and easy to misjudge. The answer and the limit come at
// the same instant. Whichever is seen, the answer is delivered once, and nobody is left
// waiting.
package oneanswer

import "time"

// Ask asks, and waits for at most so long. It reports whether it has the answer; if not,
// the answer goes to missed when it comes.
func Ask(limit time.Duration, ask func() string, missed func(string)) (string, bool) {
	answers := make(chan string, 1)
	go func() { answers <- ask() }()
	over := time.NewTimer(limit)
	defer over.Stop()
	select {
	case answer := <-answers:
		return answer, true
	case <-over.C:
		go func() { missed(<-answers) }()
		return "", false
	}
}
