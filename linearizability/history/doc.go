// Package history has histories of one ring buffer, and says whether they are
// linearizable: whether some order of the operations that real time permits is one that
// the model accepts. It makes no difference where a history was recorded.
//
// A [History] is the configuration of the ring, the names of what took part, and its
// operations, each an [Entry]: an operation of package model with its outcome and the
// interval in which it took effect. [Read] and Write keep it as lines of JSON;
// docs/histories.md describes them. History.Judge judges it, and Visualize draws it.
//
// # How a history is judged
//
// [Judge] has a checker look for an order: porcupine, with package model as the
// specification, within bounds of steps and memory that depend on the history alone.
// Nothing else here knows porcupine, so that other checkers can stand beside it.
//
// A history may be known only up to a few possibilities, as when an operation does not
// say how many blocks it has evicted. Then it has several readings, and is linearizable
// if one of them is.
//
// # Why a history is not linearizable
//
// An [Explanation] says up to which operation there is an order, which operation fits
// nowhere in it, and why each place is ruled out. It comes from a separate search, which
// can leave out operations that were still under way. [Phrase] values describe the
// operations, with the [Names] that the history's program gives to tasks and blocks.
package history
