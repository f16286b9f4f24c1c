// narrow: a small screen scrolls to the side within boxes alone, which the
// keyboard reaches, no text is too small to be read, and no number is broken into two.
function narrow() {
  open();
  const faults = new Set();
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.add(`the page is ${scrollWidth} wide on a screen of ${clientWidth}`);
  document.querySelectorAll('body *').forEach((e) => {
    const hides = ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(e).overflowX);
    if (e.localName !== 'svg' && hides && e.scrollWidth > e.clientWidth + 1) {
      if (e.tabIndex < 0) faults.add('scrolls, and the keyboard does not reach it: ' + named(e));
      if (!['auto', 'scroll'].includes(getComputedStyle(e).overflowX)) faults.add('cut off: ' + named(e));
    }
  });
  document.querySelectorAll('.narrow').forEach((e) => {
    if (!e.checkVisibility() || e.previousElementSibling.checkVisibility()) faults.add('a drawing for small screens is not in the place of the other');
    if (e.scrollWidth > e.clientWidth + 1) faults.add('a drawing for small screens is too wide for one');
  });
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const e = node.parentElement;
    if (!node.data.trim() || e.closest('script, style, title, desc') || !e.checkVisibility()) continue;
    const size = parseFloat(getComputedStyle(e).fontSize) * (e.closest('svg') ? e.getScreenCTM().a : 1);
    if (/^[\d,.]+$/.test(node.data.trim()) && !e.closest('svg')) {
      const range = document.createRange();
      range.selectNodeContents(node);
      if (new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size > 1) faults.add('a broken number: ' + named(e));
    }
    if (size < 11.99) faults.add(`${size.toFixed(1)} px: ${named(e)}`);
  }
  return [...faults];
}
