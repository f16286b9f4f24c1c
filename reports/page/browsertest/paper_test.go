package browsertest

import (
	"bytes"
	"context"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"onceover/reports/reporttest"
)

// paper is A4 between the margins of 1 cm that browsers leave.
var paper = mode{name: "paper", print: true, dark: true, width: 718}

func TestNothingIsMissingOnPaper(t *testing.T) {
	t.Parallel()
	x := newTab(t)
	for name, text := range samples(t) {
		t.Run(name, func(t *testing.T) {
			x.show(t, paper, text)
			for _, fault := range x.check(t, "printed") {
				t.Error(fault)
			}
		})
	}
	t.Run("as PDF", func(t *testing.T) {
		x.show(t, inLight, render(t, reporttest.Merged()))
		if n := bytes.Count(x.printed(t), []byte("/Type /Page\n")); n < 2 {
			t.Errorf("%d pages", n)
		}
	})
}

func (x *tab) printed(t testing.TB) []byte {
	t.Helper()
	var pdf []byte
	x.do(t, chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = page.PrintToPDF().WithPaperWidth(8.27).WithPaperHeight(11.7).WithTransferMode(page.PrintToPDFTransferModeReturnAsBase64).Do(ctx)
		return err
	}))
	return pdf
}

func TestPaperThatLacksSomethingIsNoticed(t *testing.T) {
	t.Parallel()
	x, good := newTab(t), small(t)
	for what, change := range map[string][2]string{
		"the paper is dark":    {"color-scheme: light; }", "color-scheme: dark; }"},
		"drawings do not fit":  {"figure svg { max-width: 100%; height: auto; }", ""},
		"a picture is cut off": {"<h1>", `<svg width="1500" height="20"></svg><h1>`},
		"a box scrolls":        {"<h1>", `<div style="overflow: auto"><div style="width: 99rem">wide</div></div><h1>`},
	} {
		t.Run(what, func(t *testing.T) {
			x.show(t, paper, spoil(t, good, change[0], change[1]))
			if len(x.check(t, "printed")) == 0 {
				t.Error("nothing noticed")
			}
		})
	}
}
