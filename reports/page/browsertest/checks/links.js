// links: every link within the page leads to something that is then seen, although
// everything was folded as at the beginning. Links to files beside the page are tested where
// those are written.
function links() {
  const faults = [];
  const folded = [...document.querySelectorAll('details:not([open])')];
  const tried = new Set();
  document.querySelectorAll('a[href]').forEach((link) => {
    const to = link.getAttribute('href');
    if (tried.has(to) || to.startsWith('./')) return;
    tried.add(to);
    folded.forEach((d) => { d.open = false; });
    link.click();
    const target = to.startsWith('#') && document.getElementById(decodeURIComponent(to.slice(1)));
    if (!target) {
      faults.push(`${to} leads nowhere`);
      return;
    }
    if (location.hash !== to) faults.push(`${to} was not followed`);
    const box = target.getBoundingClientRect();
    if (!target.checkVisibility() || box.height === 0) faults.push(`${to} leads to what is folded away: ${named(target)}`);
    else if (box.bottom < 0 || box.top >= innerHeight) faults.push(`${to} leads to what is not on the screen: ${named(target)} at ${Math.round(box.top)}`);
  });
  if (tried.size === 0) faults.push('the page has no link');
  return faults;
}
