// Package markdown writes results for where GitHub shows them: summary.md, which
// is also the summary of a job, and annotations of a check.
//
// Foreign text stays text. What GitHub would make something of (links, mentions,
// references, formulas, HTML) is shown as code; the rest is escaped. GitHub cuts
// a summary of more than 1 MiB off altogether, so whole sections are left out
// before it comes to that, and it is said which.
package markdown
