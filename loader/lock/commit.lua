-- Commit a chunk, if nobody has: compare-and-commit.
-- KEYS  1 list   2 bitmap of committed chunks   3 owners   4 plan   5 lease
-- ARGV  1 plan id   2 chunk   3 token   4... the elements
-- Returns the token of the chunk's owner: ARGV[3], if this call or an earlier
-- one of the same worker committed it.
-- Everything that can be refused is refused before the first write, because
-- Redis does not undo what a script wrote before its error.
if redis.call('HGET', KEYS[4], 'id') ~= ARGV[1] then
  return redis.error_reply('PLANGONE the job has no plan, or another one')
end
local leased = redis.call('GET', KEYS[5]) == ARGV[3]
local function release()
  if leased then
    redis.call('DEL', KEYS[5])
  end
end
if redis.call('GETBIT', KEYS[2], ARGV[2]) == 1 then
  release()
  return redis.call('HGET', KEYS[3], ARGV[2]) or ''
end
local list, owners = redis.call('TYPE', KEYS[1]).ok, redis.call('TYPE', KEYS[3]).ok
if list ~= 'none' and list ~= 'list' then
  return redis.error_reply('WRONGTYPE the target is a ' .. list .. ', not a list')
end
if owners ~= 'none' and owners ~= 'hash' then
  return redis.error_reply('WRONGTYPE the key of the owners is a ' .. owners .. ', not a hash')
end
-- A server that evicts keys, or a hand that deletes them, takes the bits alone.
if redis.call('HGET', KEYS[3], ARGV[2]) then
  return redis.error_reply('BITGONE the chunk has an owner and no bit: Redis has lost a part of the job')
end
-- The bit comes first: an offset out of range must fail before any row is pushed.
redis.call('SETBIT', KEYS[2], ARGV[2], 1)
redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
-- Lua's stack takes fewer than 8000 values at once.
for first = 4, #ARGV, 5000 do
  redis.call('LPUSH', KEYS[1], unpack(ARGV, first, math.min(first + 4999, #ARGV)))
end
release()
return ARGV[3]
