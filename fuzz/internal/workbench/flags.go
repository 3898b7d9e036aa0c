package workbench

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"time"
)

// Flags are the flags of a command. The methods declare flags that several commands have.
//
// Values that are numbers or times must be positive; zero is allowed where it is the
// default.
type Flags struct {
	*flag.FlagSet
	match *regexp.Regexp // nil if all are chosen
	into  string
	slice time.Duration
}

// Pattern declares -run, a regular expression that chooses what the command works on. what
// is a part of its description, as in "mutants whose names".
func (f *Flags) Pattern(what string) {
	f.Func("run", "only the "+what+" match this `regexp`", func(text string) (err error) {
		if f.match = nil; text != "" {
			f.match, err = regexp.Compile(text)
		}
		return err
	})
}

// Match reports whether -run chooses the name.
func (f *Flags) Match(name string) bool { return f.match == nil || f.match.MatchString(name) }

// Complete reports whether everything is chosen, because -run was not given.
func (f *Flags) Complete() bool { return f.match == nil }

// Page declares -into, the page of docs to write tables into.
func (f *Flags) Page() {
	f.StringVar(&f.into, "into", "", "put the tables into this Markdown `file`, too, between its two marks")
}

// Into returns the page to write tables into, or "".
func (f *Flags) Into() string { return f.into }

// Slice declares -slice, a time after which the command is stopped as Ctrl-C would stop it.
func (f *Flags) Slice() {
	f.DurationVar(&f.slice, "slice", 0, "stop after this `time`, to be continued; 0: never")
}

func (f *Flags) parse(args []string) error {
	err := f.Parse(args)
	if err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if f.into != "" && !f.Complete() {
		return errors.New("-into needs all of them, not those of -run")
	}
	f.VisitAll(func(one *flag.Flag) {
		value, ok := one.Value.(flag.Getter)
		if !ok {
			return
		}
		n, isNumber := number(value.Get())
		switch optional := one.DefValue == "0" || one.DefValue == "0s"; {
		case !isNumber || n > 0 || n == 0 && optional:
		case optional:
			err = fmt.Errorf("-%s must not be negative", one.Name)
		default:
			err = fmt.Errorf("-%s must be positive", one.Name)
		}
	})
	return err
}

// number returns the value of a flag that is a number or a time.
func number(value any) (int64, bool) {
	switch n := value.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case time.Duration:
		return int64(n), true
	}
	return 0, false
}
