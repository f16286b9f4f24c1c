// walked compares where the focus went with where it can go, in reading order.
function walked() {
  const { want, reached, unseen } = window.walked;
  const faults = unseen.map((e) => 'the focus cannot be seen on ' + named(e));
  want.forEach((e, i) => {
    if (reached[i] === e) return;
    faults.push(`step ${i + 1} of the focus: ${reached[i] ? named(reached[i]) : 'nothing'}, not ${named(e)}`);
  });
  document.querySelectorAll('.scroll, pre').forEach((e) => {
    if (e.checkVisibility() && !want.includes(e) && e.scrollWidth > e.clientWidth) faults.push('never reached: ' + named(e));
  });
  return faults;
}
