package defects

var locks = []Defect{
	unlockWithoutToken, unlockGetThenDel, unlockThoughRefused, unlockOnSuccessOnly,
	ttlShorterThanWork, setThenExpire, noRecheckAfterLock, releaseBeforeCommit, releaseAfterTimeout,
	renewalAfterExpiry, tokenNotUnique, tokenComparedByClient, fencingByClock, fenceForgotten,
	ownNameNotExcluded, loserKeepsName, nameLostOnReconnect,
}

var commits = []Defect{
	blindResend, clientRetriesOn, evalWithoutGuard, pushOutsideTransaction, bitBeforePush,
	bitmapErrorAsZero, doneIsLocal, progressExpires, watchWrongKey, watchConflictTakenForDone,
}

var claims = []Defect{
	skippedChunk, counterAsClaim, popThenWork, staticShares, clearsListOnStart, ackBeforePush, claimedFromTheLiving,
}

var reading []Defect
