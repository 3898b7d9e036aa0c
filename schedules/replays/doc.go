// Package replays is how a test that replays a schedule tells the command annulus, which
// has started it, what came of that: in a file of JSON. Package schedules writes it.
package replays
