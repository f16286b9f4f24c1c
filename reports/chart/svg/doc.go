// Package svg draws forms, texts, axes and legends as SVG that needs neither styles
// nor scripts: forms and colours stand in presentation attributes, and text takes the
// colour of the page.
//
// The same calls give the same bytes. Any text and any number may come in: text is
// escaped, put on one line and cut to its room, and never gets into an attribute that
// paints; NaN and infinities are not drawn. Widths of texts are estimated for a wide
// font, so that no two texts lie on each other.
package svg
