// Package browser_test opens the pages of package trace in Chromium. It is a module
// of its own, so that what drives the browser is no dependency of the project.
package browser_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"annulus/schedules/trace"
	"annulus/schedules/trace/internal/samples"
)

var (
	screenshots = flag.String("screenshots", "", "write screenshots into this `directory`")
	axe         = flag.String("axe", "", "check accessibility with this `file`, axe.min.js, too")
)

// browser is the one Chromium of all tests; each page is a tab of it.
var browser context.Context

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		path, err := exec.LookPath("chromium")
		if err != nil {
			fmt.Fprintln(os.Stderr, "these tests need chromium:", err)
			return 1
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
			chromedp.Flag("hide-scrollbars", true), chromedp.WindowSize(1280, 900))
		allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
		defer stop()
		var end context.CancelFunc
		browser, end = chromedp.NewContext(allocator, chromedp.WithErrorf(func(format string, args ...any) {
			// The browser is newer than what drives it, which says so of some events.
			if !strings.Contains(format, "unhandled node event") {
				log.Printf(format, args...)
			}
		}))
		defer end()
		if err := chromedp.Run(browser); err != nil {
			fmt.Fprintln(os.Stderr, "chromium does not start:", err)
			return 1
		}
		return m.Run()
	}())
}

// tab is a page in the browser.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	mu       sync.Mutex
	problems []string // what the console and the network say that they should not
}

// open writes the page of the trace to a file and opens it there, at the address's
// fragment. A complaint in the console, an exception or a request fails the test.
func open(t *testing.T, tr *trace.Trace, fragment string, before ...chromedp.Action) *tab {
	t.Helper()
	var b bytes.Buffer
	if err := trace.HTML(&b, tr); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "trace.html")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, closeTab := chromedp.NewContext(browser)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	p := &tab{t: t, ctx: ctx, url: "file://" + file}
	t.Cleanup(func() {
		cancel()
		closeTab()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, text := range p.problems {
			t.Error(text)
		}
	})
	chromedp.ListenTarget(ctx, p.listen)
	p.run(network.Enable(), runtime.Enable(), chromedp.EmulateViewport(1280, 900))
	p.run(before...)
	p.run(chromedp.Navigate(p.url+fragment), chromedp.WaitVisible("#main"))
	return p
}

func (p *tab) listen(event any) {
	text := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text = "exception: " + e.ExceptionDetails.Error()
	case *runtime.EventConsoleAPICalled:
		text = "console." + string(e.Type) + ":"
		for _, argument := range e.Args {
			text += " " + string(argument.Value) + argument.Description
		}
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "file:") && !strings.HasPrefix(e.Request.URL, "data:") {
			text = "request of " + e.Request.URL
		}
	case *page.EventJavascriptDialogOpening:
		text = "dialog: " + e.Message
	}
	if text == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, text)
}

func (p *tab) run(actions ...chromedp.Action) {
	p.t.Helper()
	if err := chromedp.Run(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// eval returns the value of a JavaScript expression as text.
func (p *tab) eval(expression string) string {
	p.t.Helper()
	var value any
	p.run(chromedp.Evaluate(expression, &value))
	return fmt.Sprint(value)
}

// press presses keys, one after the other.
func (p *tab) press(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		p.run(chromedp.KeyEvent(key))
	}
}

// text returns the text of the first element that the selector finds.
func (p *tab) text(selector string) string {
	p.t.Helper()
	return p.eval(fmt.Sprintf("document.querySelector(%q)?.textContent ?? 'there is no such element'", selector))
}

func (p *tab) click(selector string) {
	p.t.Helper()
	p.run(chromedp.Click(selector, chromedp.ByQuery))
}

// at returns the number of the selected event.
func (p *tab) at() string { p.t.Helper(); return p.text("#position strong") }

func (p *tab) wantAt(want, after string) {
	p.t.Helper()
	if got := p.at(); got != want {
		p.t.Errorf("after %s event %s is selected; want %s", after, got, want)
	}
}

func (p *tab) wantText(selector, want string) {
	p.t.Helper()
	if got := p.text(selector); !strings.Contains(got, want) {
		p.t.Errorf("%s is %q; want %q in it", selector, got, want)
	}
}

// openTable opens the table of all events and returns the number of its rows.
func (p *tab) openTable() string {
	p.t.Helper()
	p.click("#table summary")
	p.poll("document.querySelector('#table-body table') !== null")
	return p.eval("document.querySelectorAll('#table tbody tr').length")
}

// poll waits for a condition.
func (p *tab) poll(condition string) {
	p.t.Helper()
	p.run(chromedp.Poll(condition, nil, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(45*time.Second)))
}

// shoot writes a screenshot. Colours are made coarser by what nobody sees, so that
// the file is small.
func (p *tab) shoot(name string, width, height int64) {
	p.t.Helper()
	var shot []byte
	p.run(chromedp.EmulateViewport(width, height), chromedp.Sleep(200*time.Millisecond), chromedp.CaptureScreenshot(&shot))
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		p.t.Fatal(err)
	}
	coarse := image.NewRGBA(picture.Bounds())
	draw.Draw(coarse, coarse.Bounds(), picture, image.Point{}, draw.Src)
	for i, c := range coarse.Pix {
		coarse.Pix[i] = c | 0x03
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, coarse); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), b.Bytes(), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func theme(name string) chromedp.Action {
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}})
}

// all is every sample by its name.
var all = map[string]func() *trace.Trace{
	"ring": samples.Ring, "laps": samples.Laps, "lost-update": samples.LostUpdate, "deadlock": samples.Deadlock,
	"hostile": samples.Hostile, "long": func() *trace.Trace { return samples.Long(10_000) },
	"empty": func() *trace.Trace { return &trace.Trace{} },
}
