package scenario

import (
	"slices"
	"strconv"
	"strings"
)

func parseOps(text string) ([]Op, error) {
	spaced := strings.NewReplacer(";", " ; ", "{", " { ", "}", " } ").Replace(text)
	r := opReader{words: strings.Fields(spaced)}
	ops, err := r.list()
	if err == nil && len(r.words) > 0 {
		err = unexpected(strconv.Quote(r.words[0]), "a semicolon or the end of the line")
	}
	return ops, err
}

// opReader reads operations from words.
type opReader struct{ words []string }

// next takes the next word, if there is one, and accept is nil or returns true for it.
func (r *opReader) next(accept func(string) bool) (string, bool) {
	if len(r.words) == 0 || accept != nil && !accept(r.words[0]) {
		return "", false
	}
	w := r.words[0]
	r.words = r.words[1:]
	return w, true
}

func (r *opReader) word(want string) bool {
	_, ok := r.next(func(w string) bool { return w == want })
	return ok
}

// list reads operations up to a closing brace or the end.
func (r *opReader) list() ([]Op, error) {
	var ops []Op
	for len(r.words) > 0 && r.words[0] != "}" {
		o, err := r.op()
		if err != nil {
			return nil, err
		}
		ops = append(ops, o)
		if !r.word(";") {
			break
		}
	}
	return ops, nil
}

func (r *opReader) op() (Op, error) {
	name, _ := r.next(nil)
	at := slices.Index(verbNames[:], name)
	if at < 0 {
		return Op{}, unexpected(strconv.Quote(name), "an operation: %s", strings.Join(verbNames[:], ", "))
	}
	o := Op{Verb: Verb(at)}
	if o.Verb.TakesVariable() {
		if o.Var, _ = r.next(isName); o.Var == "" {
			return o, unexpected("no more", "a variable after %s", name)
		}
	}
	if o.Verb.TakesNumber() {
		w, _ := r.next(nil)
		var err error
		if o.N, err = number(w); err != nil {
			return o, err
		}
	}
	o.Worker = o.Verb.TakesWorker() && r.word(workerWord)
	if o.Verb.Evicts() {
		return o, r.eviction(&o)
	}
	return o, nil
}

// eviction reads the words that only operations that evict may have.
func (r *opReader) eviction(o *Op) (err error) {
	switch {
	case r.word("fail"):
		o.Answer = Fail
	case r.word("panic"):
		o.Answer = Panic
	}
	o.Later = o.Answer != Accept && r.word(laterWord)
	o.Context = r.word("context")
	if !r.word("{") {
		return nil
	}
	if o.Body, err = r.list(); err == nil && !r.word("}") {
		err = unexpected("no more", "a brace that closes the body of %s", o.Verb)
	}
	return err
}

// workerWord says that an operation is done through a Worker.
const workerWord = "worker"

// laterWord says that the first callback does not fail or panic.
const laterWord = "later"

func isName(w string) bool {
	return w != ";" && w != "{" && w != "}"
}

// number reads a number that is not negative.
func number(word string) (int, error) {
	n, err := strconv.Atoi(word)
	switch {
	case word == "":
		return 0, unexpected("no more", "a number")
	case err != nil || n < 0:
		return 0, unexpected(strconv.Quote(word), "a number")
	}
	return n, nil
}

func parseNumbers(words []string) ([]int, error) {
	var list []int
	for _, w := range words {
		n, err := number(w)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}
