// printed: on paper, dark on light, nothing reaches beyond the edge. What is folded stays
// folded: whoever wants it on paper unfolds it first.
function printed() {
  const faults = [];
  if (ratio(canvas(), [255, 255, 255, 1]) > 1.05) faults.push('the paper is dark: ' + canvas());
  const edge = document.documentElement.clientWidth;
  document.querySelectorAll('body *').forEach((e) => {
    if (e.matches('svg *, script') || !e.checkVisibility()) return;
    const style = getComputedStyle(e);
    if (style.overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1 && e.localName !== 'svg') faults.push('scrolls on paper: ' + named(e));
    if (e.getBoundingClientRect().right > edge + 1) faults.push(`reaches to ${Math.round(e.getBoundingClientRect().right)} of ${edge}: ` + named(e));
  });
  return faults;
}
