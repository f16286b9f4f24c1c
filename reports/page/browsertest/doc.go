// Package browsertest looks at the report's page in a real browser: a Chromium
// without a window, found by CHROME_PATH or as chromium or google-chrome on PATH.
//
// The page promises to be read anywhere: with and without scripts, in light and
// dark, under the content security policy of Jenkins that takes its style block
// away, on paper, on small screens, with the colours of the system, with the
// keyboard alone, by ear. The tests hold it to that, and each check is shown a
// page that is broken in just that way and has to notice.
//
//   - in every mode: headings, verdict words and signs have a box; drawings have
//     their size and shape, and cut no text off; text stands out by 4.5 : 1 and
//     signs by 3 : 1 (WCAG 2.2, 1.4.3 and 1.4.11) as the browser computes the
//     colours, in drawings against the forms behind; nothing is asked for beside
//     the page; nothing is said on the console, nothing thrown
//   - on paper: dark on light, nothing folded away or cut off
//   - on 320 pixels: only boxes scroll to the side, and no text is below 12 pixels
//     (1.4.10)
//   - with the keyboard: everything gets the focus, in reading order, and shows it
//     (2.1.1, 2.4.3, 2.4.7); links lead to what is then seen
//   - by ear, in the browser's accessibility tree: one first heading and no level
//     left out; tables with names and headers; names and findings of drawings;
//     names of links and controls; landmarks that can be told apart (1.1.1,
//     1.3.1, 2.4.4, 2.4.6, 4.1.2)
//
// Limits: one browser of one version; what it computes, not its pixels; whether
// words make sense nobody can check here but a reader. The texture behind a text
// counts with all its colours, and with what its gaps let through.
//
// Without a browser the tests are left out aloud, as those on real servers are
// without a Docker engine (scenarios/live/livetest), and fail where CI is set.
package browsertest
