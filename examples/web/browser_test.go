package main

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// screenshot is shown in the README.
const screenshot = "screenshot.png"

// openBrowser starts a headless Chromium for one test, or skips it where there is none.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(findBrowser(t)),
		chromedp.WSURLReadTimeout(deadline),
		chromedp.WindowSize(880, 620),
		chromedp.NoSandbox,                           // root has none, nor has everybody else; the page is our own
		chromedp.Flag("disable-dev-shm-usage", true), // in containers it is small
	)
	ctx, stop := context.WithTimeout(t.Context(), deadline)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx, chromedp.WithErrorf(t.Logf))
	t.Cleanup(stop)
	return ctx
}

func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("Chromium is not installed: apt-get install chromium")
	return ""
}

func line(title string) string { return `//li[span[@class="title"]="` + title + `"]` }

func TestInABrowser(t *testing.T) {
	s := newSite(t)
	s.signUpByAnother(t, "How an elevator decides")
	s.signUpByAnother(t, "Knots that hold")
	browser := openBrowser(t)
	do := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		require.NoError(t, chromedp.Do(browser, actions...), what)
	}
	requireTrue := func(expression string) {
		t.Helper()
		holds, err := chromedp.Run(browser, chromedp.Evaluate[bool](expression))
		require.NoError(t, err, expression)
		require.True(t, holds, expression)
	}

	do("the page shows what is there",
		chromedp.Navigate(s.url),
		chromedp.WaitVisible(line("Knots that hold")),
		chromedp.WaitVisible(live))

	do("who signs up is in the list",
		chromedp.SendKeys(`input[name="title"]`, "Rust & other oxides"),
		chromedp.SendKeys(`input[name="speaker"]`, "Ada"),
		chromedp.Click(`form button`),
		chromedp.WaitVisible(line("Rust & other oxides")),
		chromedp.WaitVisible(live))

	do("somebody is writing",
		chromedp.Evaluate[chromedp.Void](`window.pageIsTheSame = true`),
		chromedp.SendKeys(`input[name="title"]`, "Knots that hold"))
	s.signUpByAnother(t, "<b>Bread</b> without a recipe")
	do("what another one adds appears", chromedp.WaitVisible(line("<b>Bread</b> without a recipe")))
	s.withoutNewSessions(t, func() {
		s.endListenerSession(t)
		s.signUpByAnother(t, "Tides")
	})
	do("what was missed appears after the gap", chromedp.WaitVisible(line("Tides")))
	requireTrue(`pageIsTheSame && document.querySelector("input").value === "Knots that hold"`)
	requireTrue(`document.querySelector("li b") === null`)

	s.exec(t, "update talk set speaker = 'Barbara' where title = 'Tides'")
	do("a change appears", chromedp.WaitVisible(`//li[span="Tides" and span="Barbara"]`))
	s.exec(t, "delete from talk where title = 'Tides'")
	do("what is deleted disappears", chromedp.WaitNotPresent(line("Tides")))

	do("a title that is taken is refused",
		chromedp.SendKeys(`input[name="speaker"]`, "Bob"),
		chromedp.Click(`form button`),
		chromedp.WaitVisible(`//strong[.="There is a talk with this title already."]`),
		chromedp.WaitVisible(live))
	takeScreenshot(t, browser)

	s.exec(t, "insert into talk (title, speaker, minutes) select 'Talk ' || i, 'Barbara', 5 from generate_series(1, $1::int) i",
		pageSize)
	do("a page of older talks",
		chromedp.Navigate(s.url),
		chromedp.Click(`//a[.="Older talks"]`),
		chromedp.WaitVisible(`//h2[.="Older talks"]`),
		chromedp.WaitVisible(live))
	s.signUpByAnother(t, "For the first page")
	s.exec(t, "update talk set minutes = 7 where title = 'Knots that hold'")
	do("a change of one of them appears", chromedp.WaitVisible(`//li[span="Knots that hold" and span="7 min"]`))
	requireTrue(`!document.body.textContent.includes("For the first page")`)
}

// live is what the page says while its stream of events is open.
const live = `//p[@id="connection" and .="live"]`

// takeScreenshot takes a picture of the page, and keeps it if that is asked for.
func takeScreenshot(t *testing.T, browser context.Context) {
	t.Helper()
	picture, err := chromedp.Run(browser, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	_, err = png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(screenshot, picture, 0o644))
	}
}
