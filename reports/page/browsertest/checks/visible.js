// visible: the answers of the page are seen at once, and every heading and every
// verdict with its sign once what holds them is unfolded.
function visible() {
  const faults = [];
  document.querySelectorAll('h1, h2').forEach((h) => { if (!seen(h)) faults.push('not seen: ' + named(h)); });
  if (!document.querySelector('h1')) faults.push('no heading');
  open();
  document.querySelectorAll('h3, h4, h5, h6, summary, caption, dt').forEach((h) => { if (!seen(h)) faults.push('not seen: ' + named(h)); });
  document.querySelectorAll('svg[data-verdict]').forEach((icon) => {
    const word = icon.nextElementSibling;
    if (!seen(icon)) faults.push('no sign of ' + icon.dataset.verdict);
    if (!word || !seen(word) || word.textContent !== icon.dataset.verdict) faults.push('no word beside the sign of ' + icon.dataset.verdict);
  });
  return faults;
}
