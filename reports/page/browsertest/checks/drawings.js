// drawings: every drawing has the size that it says, and nothing of it lies outside.
function drawings() {
  open();
  const faults = [];
  document.querySelectorAll('svg').forEach((svg) => {
    if (svg.parentElement.matches('.narrow, .scroll:has(+ .narrow)') && !svg.checkVisibility()) return; // that of another screen
    const box = svg.getBoundingClientRect(), what = svg.querySelector('title')?.textContent;
    if (!(box.width >= 12 && box.height >= 12)) faults.push(`the drawing "${what}" is ${box.width} x ${box.height}`);
    const { width, height } = svg.viewBox.baseVal;
    if (Math.abs(box.width / box.height - width / height) > 0.02 * width / height) faults.push(`the drawing "${what}" is out of shape`);
    svg.querySelectorAll('text').forEach((text) => {
      const own = text.getBoundingClientRect();
      if (own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1) {
        faults.push(`cut off in "${what}": ${text.textContent}`);
      }
    });
  });
  return faults;
}
