package defects

var locks = []Defect{
	unlockWithoutToken, unlockGetThenDel, unlockThoughRefused, unlockOnSuccessOnly,
	ttlShorterThanWork, setThenExpire, noRecheckAfterLock, bitmapErrorAsZero,
	releaseBeforeCommit, releaseAfterTimeout,
	renewalAfterExpiry, tokenNotUnique, tokenComparedByClient, fencingByClock, fenceForgotten,
	ownNameNotExcluded, loserKeepsName, nameLostOnReconnect, getLockThroughPool, getLockConnectionLost,
}

var commits = []Defect{
	blindResend, clientRetriesOn, evalWithoutGuard, pushOutsideTransaction, bitBeforePush,
	doneFlagInMySQL, doneIsLocal, progressExpires, watchWrongKey, watchConflictTakenForDone,
}

var claims = []Defect{
	skippedChunk, counterAsClaim, popThenWork, staticShares, clearsListOnStart, ackBeforePush, claimedFromTheLiving,
}

var reading = []Defect{
	offByOneBorders, offByOneGap, bordersFromCount, idDivSizeChunk, chunkSizeNotAgreed,
	rowsErrIgnored,
}
