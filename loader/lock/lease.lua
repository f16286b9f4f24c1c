-- Lease a chunk that is not committed. The lease is a courtesy to the other
-- workers, not a lock: nothing relies on it.
-- KEYS  1 bitmap of committed chunks   2 lease of this chunk
-- ARGV  1 chunk   2 token   3 time to live in milliseconds
-- Returns 'leased', 'held' or 'committed'.
if redis.call('GETBIT', KEYS[1], ARGV[1]) == 1 then
  return 'committed'
end
if redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then
  return 'leased'
end
-- The reply to an earlier attempt may have been lost.
if redis.call('GET', KEYS[2]) == ARGV[2] then
  return 'leased'
end
return 'held'
