// contrast: every text stands out from what is behind it by 4.5 : 1.
function contrast() {
  open();
  const faults = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const e = node.parentElement;
    if (!node.data.trim() || e.closest('script, style, title, desc') || !e.checkVisibility()) continue;
    const svg = e.closest('svg');
    const found = svg ? drawn(svg, e) : least(colour(getComputedStyle(e).color), [ground(e)], dim(e));
    if (found < 4.5) faults.add(`${found.toFixed(2)} : 1, ${named(e)}`);
  }
  return [...faults];
}

function drawn(svg, text) {
  const box = text.getBoundingClientRect(), y = (box.top + box.bottom) / 2;
  const grounds = [0.1, 0.5, 0.9].flatMap((part) => behind(svg, text, box.left + part * box.width, y));
  return Math.min(...paints(text, 'fill').map((c) => least(c, grounds, dim(text))));
}
