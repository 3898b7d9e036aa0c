// Command performance measures the ring and what users would pick instead, and writes
// what it finds into docs/performance.md. Run it with make performance.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

func main() {
	if err := command(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "performance:", err)
		os.Exit(1)
	}
}

func command(args []string) error {
	if len(args) == 2 && args[0] == sampleCommand {
		return takeHere(args[1], os.Stdout)
	}
	flags := flag.NewFlagSet("performance", flag.ContinueOnError)
	rounds := flags.Int("rounds", 7, "how often each figure is measured")
	d := flags.Duration("time", 50*time.Millisecond, "how long a sample takes")
	only := flags.String("only", "", "measure only what matches this regular expression, such as throughput/W1")
	isQuick := flags.Bool("quick", false, "measure just enough to see that everything works")
	page := flags.String("page", "docs/performance.md", "the page whose figures are replaced")
	out := flags.String("out", "", "directory for the new page and its images; that of the page if it is empty")
	data := flags.String("data", "", "file for everything that was measured")
	from := flags.String("from", "", "write the page from such a file, and measure nothing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *rounds < 1 {
		return fmt.Errorf("-rounds must be at least 1, is %d", *rounds)
	}
	chosen, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	if *out == "" {
		*out = filepath.Dir(*page)
	}
	if *from != "" {
		m, err := load(*from)
		if err != nil {
			return err
		}
		return write(m, *page, *out)
	}
	cells := plan(*d)
	if *isQuick {
		cells, *rounds = quick(), 1
	}
	m, err := measure(cells, *rounds, chosen, onlooker(os.Stderr))
	if err != nil {
		return err
	}
	if *data != "" {
		if err := m.save(*data); err != nil {
			return err
		}
	}
	return write(m, *page, *out)
}

// onlooker returns f if it is a terminal, else what keeps nothing.
func onlooker(f *os.File) io.Writer {
	if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		return f
	}
	return io.Discard
}
