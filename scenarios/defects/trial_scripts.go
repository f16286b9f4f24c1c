package defects

// scriptTrials rest on what is done in one command, script or transaction of Redis.
var scriptTrials = []Trial{}
