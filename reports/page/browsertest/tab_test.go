package browsertest

import (
	"context"
	"embed"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is a tab of the browser. A new one takes much longer than a new page in it.
type tab struct {
	ctx context.Context

	mu       sync.Mutex
	url      string
	said     []string // console and exceptions
	requests []string // all but the page itself
}

// newTab opens a tab, which closes when the test ends.
func newTab(t testing.TB) *tab {
	t.Helper()
	x := &tab{}
	var cancel context.CancelFunc
	x.ctx, cancel = chromedp.NewContext(theBrowser(t).ctx)
	t.Cleanup(cancel)
	chromedp.ListenTarget(x.ctx, x.hear)
	// The tab lives as long as the context of its first actions, so that has no deadline.
	if err := chromedp.Run(x.ctx); err != nil {
		t.Fatal(err)
	}
	return x
}

// show loads a page and forgets what the one before it did.
func (x *tab) show(t testing.TB, m mode, text string) {
	t.Helper()
	x.mu.Lock()
	x.url, x.said, x.requests = pages.add(text, m.policy), nil, nil
	x.mu.Unlock()
	x.do(t, m.emulate(), chromedp.Navigate(x.url))
}

func (x *tab) do(t testing.TB, actions ...chromedp.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// hear notes what a page must not do.
func (x *tab) hear(event any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		x.said = append(x.said, fmt.Sprintf("console %s: %s", e.Type, values(e.Args)))
	case *runtime.EventExceptionThrown:
		x.said = append(x.said, "exception: "+e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		x.said = append(x.said, fmt.Sprintf("log %s: %s", e.Entry.Level, e.Entry.Text))
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; url != x.url && !strings.HasSuffix(url, "/favicon.ico") {
			x.requests = append(x.requests, url)
		}
	}
}

func values(all []*runtime.RemoteObject) string {
	var text []string
	for _, v := range all {
		text = append(text, string(v.Value))
	}
	return strings.Join(text, " ")
}

//go:embed checks/*.js
var scripts embed.FS

// check runs one of the scripts in checks, which lists the faults of the page.
func (x *tab) check(t testing.TB, name string) []string {
	t.Helper()
	var faults []string
	x.do(t, chromedp.Evaluate("(() => {"+script(t, "common")+script(t, name)+"\nreturn "+name+"() })()", &faults))
	return faults
}

func script(t testing.TB, name string) string {
	text, err := scripts.ReadFile("checks/" + name + ".js")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
