-- Commit a chunk if nobody has, and if the token is the newest that was given out for it.
-- KEYS  1 list   2 bitmap of committed chunks   3 newest token of each chunk   4 plan
-- ARGV  1 chunk   2 token   3 plan id   4 command that pushes   5... the elements
-- Returns 1, or 0 if the chunk is committed or the token is not the newest.
-- Redis does not undo what a script wrote before its error, so the bit is set first, and
-- taken back if the rows are refused.
if redis.call('HGET', KEYS[4], 'id') ~= ARGV[3] then
  return redis.error_reply('PLANGONE the job has no plan, or another one')
end
if redis.call('GETBIT', KEYS[2], ARGV[1]) == 1 or redis.call('HGET', KEYS[3], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('SETBIT', KEYS[2], ARGV[1], 1)
for first = 5, #ARGV, 5000 do -- more values at once than Lua's stack takes are an error
  local answer = redis.pcall(ARGV[4], KEYS[1], unpack(ARGV, first, math.min(first + 4999, #ARGV)))
  if type(answer) == 'table' and answer.err then
    redis.call('SETBIT', KEYS[2], ARGV[1], 0)
    return redis.error_reply(answer.err)
  end
end
return 1
