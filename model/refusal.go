package model

import (
	"fmt"
	"strings"
)

// Rule is a rule of the specification that an operation can break.
type Rule uint8

// The rules, in the order of the operations they are about.
const (
	RuleKind Rule = iota
	RuleOutcome
	RuleClosed
	RuleSizeFits
	RuleSizeTooLarge
	RuleSizeIsClass
	RuleReuse
	RuleBag
	RuleUnusable
	RulePlace
	RuleGeneration
	RuleRoom
	RuleNoRoom
	RuleNotExhausted
	RuleExhausted
	RuleGone
	RuleStale
	RuleCurrent
	RuleNeverIssued
	RuleState
	RuleEvictorHolds
	RuleBusy
	RuleNotBusy
	RuleBytes
	RuleRegion
	RuleWorker
	RuleStock
	RuleSpare
	RuleAim
	RuleEvictor
	RuleBatch
	RuleOneBatch
	RuleTakeOver
	RuleNoReservation
	RuleWhich
	RuleReserve
	RuleNothingLeft
	RuleOrder
	RuleLength
	RuleOtherBlock
	RuleSkipped
	RuleOnce
	RuleLiveUnclaimed
	RuleNotClaimed
	RuleNoWait
	RuleCause
	RuleHead
	RuleEvicting
	RuleTail
	RuleBlocks
	RuleBlockState
	RuleDrained
	RuleLive
	RuleNoneLive
)

var ruleTexts = [...]string{
	RuleKind:          "there is no such operation",
	RuleOutcome:       "this operation cannot end that way",
	RuleClosed:        "a ring answers closed if and only if it was closed before",
	RuleSizeFits:      "a class holds that many bytes",
	RuleSizeTooLarge:  "no class holds that many bytes, so the answer must be bad size",
	RuleSizeIsClass:   "the block must have the size of its class, {want} bytes",
	RuleReuse:         "{block} is listed, usable and of that class, so a listed block must be reused",
	RuleBag:           "{block} is spare, usable, of that class and of that Worker, so it or another such block must be reused",
	RuleUnusable:      "{block} must not be handed out: it is in use, reserved for eviction or copy-on-access",
	RulePlace:         "only a usable listed block of the class or the tail, {want}, may be handed out",
	RuleGeneration:    "the generation must be {want}",
	RuleRoom:          "{want} bytes are free and the block fits there, so it must be handed out",
	RuleNoRoom:        "nothing is listed and only {want} bytes are free, so the answer must be full",
	RuleNotExhausted:  "the block begins at {want}, within the limit, so addresses are not exhausted",
	RuleExhausted:     "the tail, {want}, is beyond the limit, so the answer must be exhausted",
	RuleGone:          "{ref} does not exist: {block}",
	RuleStale:         "the answer must be stale, since {ref} no longer exists: {block}",
	RuleCurrent:       "the answer must be another, since {ref} still exists: {block}",
	RuleNeverIssued:   "no allocation was ever at that address, so the answer must be foreign",
	RuleState:         "{block} would have to be {state}",
	RuleEvictorHolds:  "{block} is held by its evictor, not by a handle",
	RuleBusy:          "the answer must be busy, since somebody holds {block}",
	RuleNotBusy:       "the answer must be ok, since nobody holds {block}",
	RuleBytes:         "{block} holds the bytes tagged {want}, others were seen",
	RuleRegion:        "with the tail at {want}, {ref} is {region} the copy-on-access region",
	RuleWorker:        "a Worker has a number other than 0",
	RuleStock:         "only a listed block of the class, or if there is none a new one at the tail, {want}, becomes spare",
	RuleSpare:         "{block} would have to be spare, and of that Worker",
	RuleAim:           "{block} is copy-on-access, so its Worker cannot find it usable",
	RuleEvictor:       "an evictor has a number other than 0",
	RuleBatch:         "an evictor has at most {want} reservations at once, and reserves more only upwards behind one that is claimed, before it claims a second",
	RuleOneBatch:      "another evictor has several reservations, among them that for {block}, and only one may",
	RuleTakeOver:      "{block} cannot be taken over: only a Ready block that waits in a batch behind one that is claimed can",
	RuleWhich:         "that evictor has {want} reservations, and the operation does not say which it is about",
	RuleNoReservation: "that evictor has no reservation",
	RuleReserve:       "{block} is to be reserved next, so there is something to evict",
	RuleNothingLeft:   "nothing is left to reserve, so the answer must be {outcome}",
	RuleOrder:         "reservations follow the addresses, the next is for {block}",
	RuleLength:        "the evicted block has {want} bytes",
	RuleOtherBlock:    "the reservation of that evictor is for {want}",
	RuleSkipped:       "{block} is reserved by that evictor, comes before, and is neither claimed nor dead",
	RuleOnce:          "the reserved block is {phase}: one callback, and only one, and nothing between it and the end",
	RuleLiveUnclaimed: "{block} holds an allocation and its callback did not run, so it must not be evicted",
	RuleNotClaimed:    "the reserved block is {phase}, not claimed",
	RuleNoWait:        "{block} is not held by anybody else, so there is nothing to wait for",
	RuleCause:         "the reserved block is {phase}, which that cause does not explain",
	RuleHead:          "head must have passed the evicted blocks at the front and no others: it must be {want}, and is seen at {head}",
	RuleEvicting:      "evicting must be {want}, and is seen at {evicting}",
	RuleTail:          "tail must be {want}, and is seen at {tail}",
	RuleBlocks:        "from head to tail there are other blocks: at that place {block}",
	RuleBlockState:    "what must be there is {block}, and it is seen as {seen}",
	RuleDrained:       "the ring is not empty: {block}",
	RuleLive:          "{block} keeps the ring open, so the answer must be live",
	RuleNoneLive:      "no block is live and no eviction under way, so the ring must be closed",
}

// A Refusal says that an operation cannot have had its outcome in a state of
// the ring. It is the only error that [Step] returns; its text is put
// together when it is asked for.
type Refusal struct {
	Rule  Rule
	Op    Op
	Block Block  // the block the rule is about, if there is one
	Want  uint64 // what the rule demands: bytes, an address, a state, …; 0 if its text names no such thing
}

// Error returns the operation and the rule it breaks, in words.
func (r *Refusal) Error() string {
	block := fmt.Sprintf("no block at %v", r.Block.Addr)
	if r.Block.State != None {
		block = r.Block.String()
	}
	return r.Op.String() + ": " + r.Reason(fmt.Sprintf("block %v.%d", r.Op.Addr, r.Op.Gen), block)
}

// Reason returns the rule that is broken, in words. The two names are put for the
// allocation that the operation refers to and for the block the rule is about;
// not every rule has them in its text.
func (r *Refusal) Reason(ref, block string) string {
	text := "rule?"
	if int(r.Rule) < len(ruleTexts) {
		text = ruleTexts[r.Rule]
	}
	seen := r.seen()
	return strings.NewReplacer(
		"{head}", fmt.Sprint(seen.Head),
		"{evicting}", fmt.Sprint(seen.Evicting),
		"{tail}", fmt.Sprint(seen.Tail),
		"{seen}", r.as().String(),
		"{ref}", ref,
		"{block}", block,
		"{want}", fmt.Sprint(r.Want),
		"{state}", BlockState(r.Want).String(),
		"{outcome}", Outcome(r.Want).String(),
		"{phase}", Phase(r.Want).String(),
		"{region}", map[bool]string{false: "in", true: "not in"}[r.Op.InRegion],
	).Replace(text)
}

// seen is what the operation has seen of the ring, if that is what it did.
func (r *Refusal) seen() Observation {
	if r.Op.Seen == nil {
		return Observation{}
	}
	return *r.Op.Seen
}

// as is the state in which the operation has seen the block that the rule is about.
func (r *Refusal) as() BlockState {
	for _, b := range r.seen().Blocks {
		if b.Addr == r.Block.Addr {
			return b.State
		}
	}
	return r.Op.State
}

func refuse(op *Op, rule Rule, block Block, want uint64) error {
	return &Refusal{Rule: rule, Op: *op, Block: block, Want: want}
}
