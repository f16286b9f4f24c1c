-- See to the stream of the chunks that are to be done: fill it if it is not there, and
-- delete it if nothing is left in it.
-- KEYS  1 stream   2 bitmap of committed chunks   3 plan   4 owners
-- ARGV  1 plan id, which is the name of the group too   2 number of chunks
-- Returns how many chunks are left.
-- The id of an entry is that of its chunk and one, so that an entry of before the server
-- forgot the stream means the same chunk as one of the same id that was added after it.
if redis.call('HGET', KEYS[3], 'id') ~= ARGV[1] then
  return redis.error_reply('PLANGONE the job has no plan, or another one')
end
local state = redis.pcall('XPENDING', KEYS[1], ARGV[1])
if not state.err then
  local left = redis.call('XLEN', KEYS[1])
  if left == 0 then
    redis.call('UNLINK', KEYS[1])
  end
  return left
end
redis.call('UNLINK', KEYS[1]) -- a stream of another plan, if any
-- A server that evicts keys, or a hand that deletes them, takes the bits alone.
local owned = redis.call('HKEYS', KEYS[4])
for i = 1, #owned do
  if redis.call('GETBIT', KEYS[2], owned[i]) == 0 then
    return redis.error_reply('BITGONE the chunk has an owner and no bit: Redis has lost a part of the job')
  end
end
local left = 0
for chunk = 0, ARGV[2] - 1 do
  if redis.call('GETBIT', KEYS[2], chunk) == 0 then
    redis.call('XADD', KEYS[1], (chunk + 1) .. '-0', 'chunk', chunk)
    left = left + 1
  end
end
if left > 0 then
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0')
end
return left
