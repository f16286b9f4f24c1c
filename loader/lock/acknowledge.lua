-- Commit a chunk if its entry is not acknowledged, and acknowledge it.
-- KEYS  1 list   2 bitmap of committed chunks   3 owners   4 plan   5 stream of chunks
-- ARGV  1 plan id, which is the name of the group too   2 chunk   3 entry   4 token
--       5 command that pushes   6... the elements
-- Returns the token of the chunk's owner: ARGV[4], if this call or an earlier one of the same
-- worker committed it.
-- Redis does not undo what a script wrote before its error. So XACK comes last: that it would
-- answer 1 is known from XPENDING, and the bit is taken back if the rows are refused.
if redis.call('HGET', KEYS[4], 'id') ~= ARGV[1] then
  return redis.error_reply('PLANGONE the job has no plan, or another one')
end
local pending = redis.pcall('XPENDING', KEYS[5], ARGV[1], ARGV[3], ARGV[3], 1)
if pending.err or #pending == 0 then
  return redis.call('HGET', KEYS[3], ARGV[2]) or ''
end
redis.call('SETBIT', KEYS[2], ARGV[2], 1)
for first = 6, #ARGV, 5000 do -- more values at once than Lua's stack takes are an error
  local answer = redis.pcall(ARGV[5], KEYS[1], unpack(ARGV, first, math.min(first + 4999, #ARGV)))
  if type(answer) == 'table' and answer.err then
    redis.call('SETBIT', KEYS[2], ARGV[2], 0)
    return redis.error_reply(answer.err)
  end
end
redis.call('HSET', KEYS[3], ARGV[2], ARGV[4])
redis.call('XACK', KEYS[5], ARGV[1], ARGV[3])
redis.call('XDEL', KEYS[5], ARGV[3])
return ARGV[4]
