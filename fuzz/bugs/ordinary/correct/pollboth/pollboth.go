// Package pollboth is correct, and easy to misjudge. A loop polls two channels and
// never waits. It goes round as long as nothing has come, which is not for ever.
package pollboth

// First returns the first number of each channel, added.
func First(left, right <-chan int) (sum int) {
	for left != nil || right != nil {
		select {
		case n := <-left:
			sum += n
			left = nil
		case n := <-right:
			sum += n
			right = nil
		default:
		}
	}
	return sum
}
