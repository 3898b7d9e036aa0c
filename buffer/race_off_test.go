//go:build !race

package buffer_test

// raceDetector: the race detector is on.
const raceDetector = false
