// marks: every sign and every coloured form stands out from what is behind it by 3 : 1.
function marks() {
  open();
  const faults = new Set();
  document.querySelectorAll('svg').forEach((svg) => {
    if (!svg.checkVisibility()) return;
    const text = JSON.stringify(getComputedStyle(svg).color);
    svg.querySelectorAll(forms).forEach((form) => {
      if (form.closest('defs')) return;
      for (const kind of ['fill', 'stroke']) {
        if (form.closest('[data-verdict]') || JSON.stringify(getComputedStyle(form)[kind]) !== text) stands(svg, form, kind, faults);
      }
    });
  });
  return [...faults];
}

function stands(svg, form, kind, faults) {
  const colours = paints(form, kind);
  if (!colours.length) return;
  const [x, y] = middle(form);
  const found = Math.max(...colours.map((c) => least(c, behind(svg, form, x, y), dim(form))));
  if (found < 3) faults.add(`${found.toFixed(2)} : 1, ${kind} of a <${form.localName}> in "${svg.querySelector('title')?.textContent}"`);
}

// middle is a point of a form, in the pixels of the window.
function middle(form) {
  const at = form.getPointAtLength(form.getTotalLength() / 4).matrixTransform(form.getScreenCTM());
  return [at.x, at.y];
}
