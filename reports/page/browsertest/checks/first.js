// first: what a reader asks first is answered on the first screen: which lock, how sure, at
// what cost, and what is wrong with the published one. Links have the colour of the page.
function first() {
  const faults = [];
  const wanted = { 'h1': 'Use ', '.others': 'The other ', '.published': 'The published scheme', '.how': 'How it loses a row:', '.glance li:nth-child(1)': 'How sure:', '.glance li:nth-child(2)': 'Cost:', '.gate': 'Gate:' };
  for (const [what, begins] of Object.entries(wanted)) {
    const e = document.querySelector(what);
    if (!e || !seen(e) || !e.textContent.trim().startsWith(begins)) faults.push(`no "${begins}"`);
    else if (e.getBoundingClientRect().bottom + scrollY > 900) faults.push(`"${begins}" ends at ${Math.round(e.getBoundingClientRect().bottom + scrollY)} pixels`);
  }
  const link = getComputedStyle(document.querySelector('.contents a')).color;
  if (link !== getComputedStyle(document.querySelector('.sign')).color) faults.push(`links are ${link}`);
  return faults;
}
