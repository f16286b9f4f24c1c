// Package chart draws what a report shows, as SVG that needs neither styles
// nor scripts: forms and colours stand in presentation attributes, text takes
// the colour of the page. Every chart can say its finding as a sentence, and its
// data as a table, for those who cannot see it.
//
// The same data gives the same bytes. Any text and any number may come in: text
// is escaped, made one line and cut to its room, and never gets into an attribute
// that paints; what is no number is not drawn. No two texts lie on each other,
// as far as that can be told without a font: widths are estimated for a wide one.
//
// A chart shows what was given to it. Whether a difference is significant, and
// what may be compared at all, is for package compare to say.
package chart
