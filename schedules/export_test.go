package schedules

// Quoted is quoted, for its test.
var Quoted = quoted
