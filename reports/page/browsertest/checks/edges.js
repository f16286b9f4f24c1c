// edges: figures and tables end at one right edge, that of the page. Wider ones scroll within it.
function edges() {
  const faults = new Set();
  const edge = document.querySelector('main').getBoundingClientRect().right;
  document.querySelectorAll('.scroll').forEach((e) => {
    const own = e.closest('.box') ? e.parentElement : document.querySelector('main');
    const style = getComputedStyle(own), want = own.getBoundingClientRect().right - parseFloat(style.paddingRight) - parseFloat(style.borderRightWidth);
    const what = e.querySelector('table, svg[role=img]');
    if (!e.checkVisibility() || !what) return;
    const right = what.getBoundingClientRect().right;
    if (right < want - 1 || e.getBoundingClientRect().right > edge + 1) faults.add(`ends at ${Math.round(right)} of ${Math.round(want)}: ${named(e)}`);
  });
  return [...faults];
}
