// hints: every box that scrolls sideways says so, and no other does. It follows narrow, once
// what that opened is drawn.
function hints() {
  const faults = new Set();
  document.querySelectorAll('.scroll, pre').forEach((e) => {
    const told = getComputedStyle(e, '::before').content.includes('sideways'), scrolls = e.scrollWidth > e.clientWidth + 1;
    if (e.checkVisibility() && told !== scrolls) faults.add(`${told ? 'says that it scrolls, and does not' : 'scrolls, and does not say so'}: ${named(e)}`);
  });
  return [...faults];
}
