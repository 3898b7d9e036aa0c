package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"annulus/linearizability/history"
)

var checkCommand = command{
	name:    "check",
	args:    "FILE...",
	summary: "judge histories that were recorded elsewhere",
	about: `
docs/histories.md describes the files, lines of JSON; - is standard input. One that is
bad, or about which there is no verdict, gives status 2, whatever the others are.`,
	json: `
file         the history
verdict      "LINEARIZABLE", "NOT LINEARIZABLE", "UNDECIDED", "UNREADABLE"
operations   in the history
message      why, where it is not linearizable or there is no verdict
explanation  which operation fits nowhere, where that was found: see
             history.Explanation for its fields`,
	examples: []string{
		"annulus check linearizability/history/testdata/evicted-first.jsonl",
		"annulus check -json linearizability/history/testdata/evicted-first.jsonl",
		"annulus check linearizability/history/testdata/tombstone-too-late.jsonl  # fails: no order explains it",
	},
	declare: func(f *flag.FlagSet) runner {
		draw := f.Bool("html", false, "have porcupine draw each history, into FILE.html")
		asJSON := jsonFlag(f)
		return func(c *call) (int, error) {
			status := passed
			for _, path := range c.args {
				if c.ctx.Err() != nil {
					break
				}
				v := c.check(path, *draw)
				if *asJSON {
					printJSON(c.out, v)
				} else {
					fmt.Fprintln(c.out, v)
				}
				status = max(status, v.status)
			}
			return status, nil
		}
	},
}

// checkVerdict is the result for one file.
type checkVerdict struct {
	File        string               `json:"file"`
	Verdict     string               `json:"verdict"`
	Operations  int                  `json:"operations"`
	Message     string               `json:"message,omitempty"`
	Explanation *history.Explanation `json:"explanation,omitempty"`

	status int
}

// String returns the verdict for people.
func (v checkVerdict) String() string {
	if v.status == unusable {
		return v.Verdict + ": " + v.Message
	}
	text := fmt.Sprintf("%s: %s, %d operations", v.Verdict, v.File, v.Operations)
	if v.Explanation != nil {
		return fmt.Sprintf("%s\n\n%v", text, v.Explanation)
	}
	if v.Message != "" {
		text += ": " + v.Message
	}
	return text
}

// check judges the history in a file, and draws it if draw is set.
func (c *call) check(path string, draw bool) checkVerdict {
	v := checkVerdict{File: path}
	h, err := c.history(path)
	if err != nil {
		v.Verdict, v.Message, v.status = "UNREADABLE", err.Error(), unusable
		return v
	}
	v.Operations = len(h.Entries)
	err = h.Judge()
	var why *history.NotLinearizableError
	switch {
	case err == nil:
		v.Verdict = history.Linearizable.String()
	case errors.As(err, &why):
		v.Verdict, v.Message, v.Explanation, v.status = history.NotLinearizable.String(), err.Error(), why.Why, failed
	default:
		v.Verdict, v.Message, v.status = history.Undecided.String(), path+": "+err.Error(), unusable
	}
	if draw {
		if err := drawHistory(h, path+".html"); err != nil {
			v.Message, v.status = err.Error(), unusable
		}
	}
	return v
}

// history reads a file, or standard input.
func (c *call) history(path string) (*history.History, error) {
	if path == "-" {
		return history.Read(c.in, "standard input")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return history.Read(f, path)
}

func drawHistory(h *history.History, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(h.Visualize(f), f.Close())
}
