// Package chart draws what a report shows, as SVG that needs neither styles
// nor scripts: forms and colours stand in presentation attributes, text takes
// the colour of the page. Every chart can say its finding as a sentence, and its
// data as a table, for those who cannot see it.
package chart
