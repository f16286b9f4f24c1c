// Package recheck distrusts results. A results.json can be damaged, edited by hand, or
// of a later version, so nothing in it counts only because it is written there:
//
//   - Decode refuses a text that this program does not fully understand;
//   - Check refuses results that contradict themselves, before they are merged or
//     compared;
//   - Supported lowers states and gate to what the evidence supports, before results
//     are shown to somebody who wants a yes or no.
package recheck
