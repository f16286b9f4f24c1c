package defects

// tableTrials divide the chunks by rows and locks of MySQL, or make mistakes in reading it.
var tableTrials = []Trial{}
