// open opens everything that can be unfolded.
function open() {
  document.querySelectorAll('details').forEach((d) => { d.open = true; });
}

// seen tells whether an element has a box on the page and is painted.
function seen(e) {
  const box = e.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && box.right + scrollX > 0 && box.bottom + scrollY > 0 &&
    e.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: false });
}

// named describes an element to whoever has to find it.
function named(e) {
  const text = (e.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 40);
  return `<${e.localName}${e.id ? ' id=' + e.id : ''}> ${text}`;
}

// colour reads a computed colour as red, green, blue from 0 to 255, and alpha from 0 to 1.
function colour(text) {
  const n = (text.match(/-?[\d.]+(e-?\d+)?%?/g) || []).map((v) => v.endsWith('%') ? parseFloat(v) / 100 : parseFloat(v));
  if (text.startsWith('rgb')) return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1];
  if (text.startsWith('color(srgb ')) return [n[0] * 255, n[1] * 255, n[2] * 255, n.length > 3 ? n[3] : 1];
  throw new Error('a colour that the check cannot read: ' + text);
}

// over lays one colour over another that lets nothing through.
function over(top, ground, opacity = 1) {
  const a = top[3] * opacity;
  return [0, 1, 2].map((i) => top[i] * a + ground[i] * (1 - a)).concat(1);
}

// contrast is the ratio that WCAG 2.2 defines for two colours.
function ratio(a, b) {
  const luminance = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

// once keeps what a function has found for each element: every change of the page
// makes the browser work out all styles anew.
function once(find) {
  const known = new Map();
  return (key, ...rest) => {
    if (!known.has(key)) known.set(key, find(key, ...rest));
    return known.get(key);
  };
}

// canvas is the colour of the page where nothing is painted.
const canvas = once(() => {
  const probe = document.createElement('i');
  probe.style.background = 'Canvas';
  document.body.append(probe);
  const found = colour(getComputedStyle(probe).backgroundColor);
  probe.remove();
  return found;
});

// ground is the colour behind an element of HTML.
const ground = once((e) => e ? over(colour(getComputedStyle(e).backgroundColor), ground(e.parentElement)) : canvas());

// dim is how much the opacity of an element and of what it stands in leaves.
const dim = once((e) => e ? parseFloat(getComputedStyle(e).opacity) * dim(e.parentElement) : 1);

// paints are the colours of one kind of paint of a form: one, or those of its texture.
function paints(form, kind) {
  const value = getComputedStyle(form)[kind];
  const texture = value.match(/url\("?#([^")]+)"?\)/);
  if (!texture) return value === 'none' ? [] : [colour(value)];
  const parts = [...document.getElementById(texture[1]).querySelectorAll('*')];
  return parts.flatMap((part) => [...paints(part, 'fill'), ...paints(part, 'stroke')]);
}

const forms = 'path, circle, rect';

// areas are the forms of a drawing that are filled, in the order in which they are painted.
const areas = once((svg) => [...svg.querySelectorAll(forms)].filter((form) => !form.closest('defs')).map((form) => {
  const style = getComputedStyle(form);
  return {
    form, textured: style.fill.startsWith('url'), colours: paints(form, 'fill'), left: dim(form) * parseFloat(style.fillOpacity),
    box: form.getBoundingClientRect(), inverse: form.getScreenCTM().inverse(),
  };
}).filter((area) => area.colours.length));

// behind are the colours that may lie behind a point of a drawing, given in the
// pixels of the window: of the forms that are painted before an element, the last
// that covers the point, and through the gaps of a texture what lies below it.
function behind(svg, before, x, y) {
  let colours = [ground(svg.parentElement)];
  for (const area of areas(svg)) {
    if (area.form === before || before.compareDocumentPosition(area.form) & Node.DOCUMENT_POSITION_FOLLOWING) break;
    if (!covers(area, x, y)) continue;
    const own = area.colours.flatMap((c) => colours.map((below) => over(c, below, area.left)));
    colours = area.textured ? colours.concat(own) : own;
  }
  return colours;
}

function covers({ form, box, inverse }, x, y) {
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom && form.isPointInFill(new DOMPoint(x, y).matrixTransform(inverse));
}

// least is the lowest contrast of a colour with those behind it.
function least(c, grounds, opacity) {
  return Math.min(...grounds.map((g) => ratio(over(c, g, opacity), g)));
}
