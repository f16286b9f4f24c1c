package lock

// CommitLua is the script of a conditional commit.
var CommitLua = commitLua
