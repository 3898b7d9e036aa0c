package browser_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"annulus/schedules/trace/internal/samples"
)

// TestPagesLoad opens every sample and steps through it from end to end; open fails
// the test if anything is amiss.
func TestPagesLoad(t *testing.T) {
	for name, sample := range all {
		t.Run(name, func(t *testing.T) {
			tr := sample()
			p := open(t, tr, "", theme("light"))
			n := len(tr.Events)
			p.press(kb.Home)
			for range min(n, 60) {
				p.press(kb.ArrowRight)
			}
			p.press(kb.End)
			p.wantAt(fmt.Sprint(max(1, n)), "End")
			want := n % 100 // the last page has what is left
			if n > 0 && want == 0 {
				want = 100
			}
			if rows := p.openTable(); rows != fmt.Sprint(want) {
				t.Errorf("the last page of the table has %s rows for %d events; want %d", rows, n, want)
			}
		})
	}
}

func TestSteppingChangesEverything(t *testing.T) {
	p := open(t, samples.Ring(), "#event=22")
	p.wantText(".now .what", "block 0.Load() = Ready")
	p.wantText(".source .here", "meta.Load()")
	p.wantText("#announcer", "Step 18, t1: block 0.Load() = Ready; critical window: reads")
	if got := p.eval("document.querySelectorAll('.ring .fresh').length"); got != "0" {
		t.Errorf("%s blocks are marked as changed where nothing changes", got)
	}
	p.run(chromedp.Navigate(p.url+"#event=28"), chromedp.Sleep(100*time.Millisecond))
	p.wantText(".now .what", "Ready → Tombstoning claim 1")
	p.wantText(".source .here", "CompareAndSwap")
	p.wantText(".ring svg", "Ready →")
	if got := p.eval("document.querySelectorAll('.ring .fresh').length"); got != "1" {
		t.Errorf("%s blocks are marked as changed; want 1", got)
	}
	p.wantText(".values tr.fresh", "block 0Ready → Tombstoning claim 1")
	p.wantText(".tree .current", "t2")
	if got := p.eval("[...document.querySelectorAll('.ring [data-block]')].map(b => b.dataset.block).join()"); got != "0,64" {
		t.Errorf("the ring has blocks %s", got)
	}
	p.press(kb.ArrowRight, kb.ArrowRight, kb.ArrowRight, kb.ArrowRight, kb.ArrowRight)
	p.wantText(".ring svg", "is gone")
}

func TestKeys(t *testing.T) {
	p := open(t, samples.Ring(), "")
	p.wantAt("37", "loading: where the failure shows")
	p.press("w")
	p.wantAt("22", "w: the critical window begins again")
	for _, step := range []struct{ key, name, want string }{
		{kb.ArrowRight, "→", "23"}, {kb.ArrowLeft, "←", "22"}, {kb.ArrowDown, "↓", "36"}, {kb.ArrowUp, "↑", "22"},
		{"n", "n", "23"}, {"n", "n", "36"}, {"p", "p", "23"}, {"p", "p", "21"}, {"w", "w", "22"}, {"w", "w", "28"}, {"w", "w", "36"}, {"w", "w", "22"},
		{kb.Home, "Home", "1"}, {kb.ArrowLeft, "← at the beginning", "1"}, {kb.ArrowUp, "↑ at the beginning", "1"},
		{kb.End, "End", "45"}, {kb.ArrowRight, "→ at the end", "45"}, {kb.ArrowDown, "↓ at the end", "45"}, {"n", "n at the end", "45"},
	} {
		p.press(step.key)
		p.wantAt(step.want, step.name)
		if got := p.eval("location.hash"); got != "#event="+step.want {
			t.Errorf("after %s the address ends with %s", step.name, got)
		}
	}
	p.press("+")
	wide := p.eval("document.querySelector('.scroller > div').style.width")
	p.press("-", "-")
	if narrow := p.eval("document.querySelector('.scroller > div').style.width"); narrow == wide {
		t.Errorf("− leaves the width at %s", wide)
	}
	p.press("0", "?")
	if p.eval("document.getElementById('help').open") != "true" {
		t.Error("? does not open the help")
	}
	p.press(kb.Escape)
	p.poll("!document.getElementById('help').open")
	p.press(kb.Home, " ")
	p.poll("Number(document.querySelector('#position strong').textContent) > 1")
	p.press(" ")
	stopped := p.at()
	p.run(chromedp.Sleep(900 * time.Millisecond))
	p.wantAt(stopped, "the second space, which pauses")
}

// TestSpaceRightAfterTheHelp presses space before the browser has drawn the page
// without the help, whose button has the focus until then.
func TestSpaceRightAfterTheHelp(t *testing.T) {
	p := open(t, samples.Ring(), "")
	p.eval(`(() => {
		const help = document.getElementById("help");
		help.showModal();
		help.close();
		document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: " ", bubbles: true}));
	})()`)
	if got := p.eval("document.getElementById('play').getAttribute('aria-pressed')"); got != "true" {
		t.Errorf("the page plays: %s", got)
	}
}

// TestFocusIsSeen goes through everything that takes the focus, and wants it seen.
func TestFocusIsSeen(t *testing.T) {
	p := open(t, samples.Ring(), "")
	seen := map[string]bool{}
	for range 60 {
		p.press(kb.Tab)
		seen[p.eval("document.activeElement.id || document.activeElement.getAttribute('aria-label') || document.activeElement.textContent")] = true
		if p.eval("document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== 'none'") != "true" {
			t.Errorf("no outline at %s", p.eval("document.activeElement.outerHTML.slice(0, 200)"))
		}
	}
	for _, want := range []string{"Copy", "play", "next", "overview", "compare", "theme", "Failing execution: lanes of tasks; arrow keys step", "All events as a table"} {
		if !seen[want] {
			t.Errorf("Tab does not come to %q, only to %v", want, seen)
		}
	}
}

func TestClicks(t *testing.T) {
	p := open(t, samples.Ring(), "#event=1")
	p.click("#next")
	p.wantAt("2", "a click on next")
	p.click("#next-switch")
	p.wantAt("21", "a click on the next switch")
	p.click(".story.window button:nth-of-type(3)")
	p.wantAt("36", "a click on the third point of the window")
	p.eval("(() => { const b = document.getElementById('overview').getBoundingClientRect(); document.getElementById('overview').dispatchEvent(new PointerEvent('pointerdown', {clientX: b.left + b.width * 10.5 / 45, pointerId: 1})); })()")
	p.wantAt("11", "a press on the overview")
	mark := "(() => { const r = document.querySelectorAll('#lanes [data-mark]')[29].getBoundingClientRect(); document.querySelector('#lanes svg').dispatchEvent(new MouseEvent('click', {clientX: r.left + r.width / 2, clientY: r.top, bubbles: true})); })()"
	p.eval(mark)
	p.wantAt("30", "a click on the thirtieth mark")
	p.eval("document.querySelector('[data-operation=\"7\"]').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
	p.wantText("#announcer", "finds no place")
	p.wantText("#announcer", "the answer must be stale")
	if got := p.eval("document.querySelectorAll('#history .reject').length"); got != "4" {
		t.Errorf("%s reasons; want 4", got)
	}
	p.openTable()
	p.click("#table tr[data-at='5']")
	p.wantAt("6", "a click on a row of the table")
}

func TestSideBySide(t *testing.T) {
	p := open(t, samples.Ring(), "#event=22")
	p.press("c")
	p.wantText("#compare[aria-pressed=true]", "Compare")
	if got := p.eval("document.querySelectorAll('#details .side').length"); got != "2" {
		t.Fatalf("%s executions side by side", got)
	}
	if p.eval("document.querySelectorAll('#details .what')[0].textContent === document.querySelectorAll('#details .what')[1].textContent") != "true" {
		t.Error("they differ before they part")
	}
	p.press(kb.ArrowRight)
	p.wantText("#details .side:nth-child(1) .what", "evict() {")
	p.wantText("#details .side:nth-child(2) .what", "Ready → Tombstoning")
	p.wantText("#details .side:nth-child(2) .ring svg", "Ready →")
	p.wantText("#details .side:nth-child(1) .now", "here the two executions part")
	if got := p.eval("document.querySelectorAll('#lanes .part').length"); got != "2" {
		t.Errorf("%s marks where they part", got)
	}
	p.press("+", "+", "+", "+", "+", kb.End)
	p.run(chromedp.Sleep(100 * time.Millisecond))
	if p.eval("(() => { const [a, b] = document.querySelectorAll('.scroller'); return a.scrollLeft > 0 && a.scrollLeft === b.scrollLeft; })()") != "true" {
		t.Error("the lanes do not scroll together")
	}
	p.wantText("#details .side:nth-child(2) .now", "the execution has ended")
	p.press("c")
	if got := p.eval("document.querySelectorAll('#details .side').length"); got != "1" {
		t.Errorf("%s executions after the second c", got)
	}
}

func TestLightAndDark(t *testing.T) {
	paper := "getComputedStyle(document.body).backgroundColor"
	seen := map[string]string{}
	for _, name := range []string{"light", "dark"} {
		p := open(t, samples.Ring(), "", theme(name))
		seen[name] = p.eval(paper)
		p.press("t")
		if p.eval(paper) == seen[name] {
			t.Errorf("t does not change the %s page", name)
		}
		p.press("t")
		if p.eval(paper) != seen[name] {
			t.Errorf("t twice does not lead back to the %s page", name)
		}
	}
	if seen["light"] == seen["dark"] {
		t.Error("light is dark")
	}
}

// TestNarrow wants nothing to stick out at the widths that the page is made for.
func TestNarrow(t *testing.T) {
	for name, sample := range all {
		p := open(t, sample(), "#event=1&compare")
		for _, width := range []int64{1280, 800, 480} {
			p.run(chromedp.EmulateViewport(width, 900))
			if wide := p.eval("document.documentElement.scrollWidth - innerWidth"); strings.TrimPrefix(wide, "-") == wide && wide != "0" {
				t.Errorf("%s: at %d pixels, %s stick out", name, width, wide)
			}
		}
	}
}

// steps is how long a step takes on average, with laying it out.
const steps = `(() => {
	const began = performance.now(), n = 50;
	for (let i = 0; i < n; i++) {
		dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight"}));
		document.body.offsetHeight;
	}
	return Math.round(10 * (performance.now() - began) / n) / 10;
})()`

// TestLongTraceStaysSmall counts what the page holds for 10,000 steps, and reports
// how long drawing takes. Times depend on the machine and are not checked.
func TestLongTraceStaysSmall(t *testing.T) {
	tr := samples.Long(10_000)
	p := open(t, tr, "#event=7000")
	count := func(what string) {
		t.Helper()
		var nodes int
		p.run(chromedp.Evaluate("document.querySelectorAll('*').length", &nodes))
		t.Logf("%s: %d elements", what, nodes)
		if nodes > 3000 {
			t.Errorf("%s: %d elements", what, nodes)
		}
	}
	count("as opened")
	p.openTable()
	count("with the table")
	p.press("-", "-", "-", "-", "-", "-", "-", "-", "-", "-")
	count("as narrow as it gets")
	t.Logf("as narrow as it gets: a step takes %s ms", p.eval(steps))
	p.press("0")
	t.Logf("%d events: loaded and drawn after %s ms; a step takes %s ms", len(tr.Events),
		p.eval("Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)"), p.eval(steps))
}

func TestTextsAreNeverMarkup(t *testing.T) {
	p := open(t, samples.Hostile(), "#event=2&compare")
	for _, selector := range []string{"img", "body script:not(#trace):not(#trace + script)", "[onerror]"} {
		if got := p.eval(fmt.Sprintf("document.querySelectorAll(%q).length", selector)); got != "0" {
			t.Errorf("%s elements %s", got, selector)
		}
	}
	for _, selector := range []string{"h1", ".class", ".message", ".reproduce code", ".story.why", ".story.window", ".what", ".source .here", ".names", ".values", ".ring", "#history"} {
		p.wantText(selector, "</script><script>alert(1)</script><img src=x onerror=alert(2)>")
	}
	if got := p.eval("document.title"); !strings.Contains(got, "</script>") {
		t.Errorf("the title is %q", got)
	}
}

// TestAccessibilityTree wants roles and names where a screen reader needs them.
func TestAccessibilityTree(t *testing.T) {
	p := open(t, samples.Ring(), "#event=28")
	type word struct {
		Value any `json:"value"`
	}
	var tree struct {
		Nodes []struct {
			Role    *word `json:"role"`
			Name    *word `json:"name"`
			Ignored bool  `json:"ignored"`
		} `json:"nodes"`
	}
	p.run(chromedp.ActionFunc(func(ctx context.Context) error {
		return chromedp.FromContext(ctx).Target.Execute(ctx, "Accessibility.getFullAXTree", nil, &tree)
	}))
	value := func(w *word) string {
		if w == nil {
			return ""
		}
		return fmt.Sprint(w.Value)
	}
	found := map[string]bool{}
	for _, n := range tree.Nodes {
		role, name := value(n.Role), value(n.Name)
		found[role+" "+name] = true
		switch role {
		case "button", "slider", "region", "img", "image", "navigation", "link":
			if name == "" && !n.Ignored {
				t.Errorf("a %s has no name", role)
			}
		}
	}
	for _, want := range []string{
		"heading free-vs-evict", "navigation Stepping", "button Next event", "button Play", "slider Position in the execution",
		"region The selected event", "region What happens", "group Source", "group Values", "group ring", "region The history and its judge", "button Compare with passing",
	} {
		if !found[want] {
			t.Errorf("there is no %s", want)
		}
	}
	if got := p.eval("document.getElementById('overview').getAttribute('aria-valuetext')"); !strings.Contains(got, "Step 24, t2") {
		t.Errorf("the slider says %q", got)
	}
}

// TestAxe runs axe-core, where its file is given.
func TestAxe(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	for name, sample := range all {
		for _, mode := range []string{"light", "dark"} {
			p := open(t, sample(), "#event=28&compare", theme(mode))
			p.openTable()
			var result string
			p.run(chromedp.Evaluate(string(script), nil), chromedp.Evaluate(`axe.run().then(r => r.violations.map(v =>
				v.id + ": " + v.help + "\n" + v.nodes.slice(0, 4).map(n => "    " + n.html.slice(0, 160) + "\n    " + n.any.map(a => a.message).join("; ")).join("\n")).join("\n"))`,
				&result, func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
			if result != "" {
				t.Errorf("%s, %s:\n%s", name, mode, result)
			}
		}
	}
}

func TestPrint(t *testing.T) {
	tr := samples.Long(300) // more than a page of the table
	p := open(t, tr, "#event=28")
	p.eval("dispatchEvent(new Event('beforeprint'))")
	if got, want := p.eval("document.querySelectorAll('#table tbody tr').length"), fmt.Sprint(len(tr.Events)); got != want {
		t.Errorf("%s rows are printed; want all %s", got, want)
	}
	p.run(emulation.SetEmulatedMedia().WithMedia("print"))
	if p.eval("getComputedStyle(document.querySelector('.controls')).display") != "none" {
		t.Error("the buttons are printed")
	}
	p.eval("dispatchEvent(new Event('afterprint'))")
	if p.eval("document.getElementById('table').open") != "false" {
		t.Error("the table stays open")
	}
}

// TestScreenshots makes the pictures of the documentation.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("needs -screenshots")
	}
	open(t, samples.Ring(), "#event=28", theme("light")).shoot("trace-page", 1280, 1290)
	open(t, samples.Ring(), "#event=23&compare", theme("dark")).shoot("trace-compare", 1280, 1400)
}
