// Package markdown writes results for where GitHub shows them: summary.md, which
// is also the summary of a job, and annotations of a check.
//
// Foreign text stays text. GitHub would act on links, mentions, references, formulas and
// HTML, so these are shown as code; the rest is escaped. GitHub drops a
// summary of more than 1 MiB altogether, so whole sections are left out before it comes
// to that, and the summary names them.
package markdown
