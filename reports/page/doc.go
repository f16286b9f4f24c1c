// Package page writes report.html: one page, without scripts and without
// anything beside it, from which a person can tell what is safe, how sure that
// is, and what exactly went wrong.
//
//	err := page.Write(w, results)
package page
