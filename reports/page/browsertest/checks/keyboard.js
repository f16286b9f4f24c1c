// keyboard notes where the focus goes, and whether it can be seen there.
function keyboard() {
  const list = document.querySelectorAll('a[href], summary, input, [tabindex="0"], button, select, textarea');
  const want = [...list].filter((e) => e.checkVisibility());
  window.walked = { want, reached: [], unseen: [] };
  document.addEventListener('focusin', ({ target }) => {
    const style = getComputedStyle(target);
    window.walked.reached.push(target);
    const box = target.getBoundingClientRect(), onScreen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) === 0 || !onScreen) window.walked.unseen.push(target);
  });
  return [String(want.length)];
}
