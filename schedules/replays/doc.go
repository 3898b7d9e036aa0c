// Package replays reads and writes the JSON file by which a test that has replayed a
// schedule tells the command annulus, which started the test, how the replay went. Package
// schedules writes the file in the test; annulus reads it.
package replays
