-- Commit a chunk if the token is the newest that was given out for it.
-- KEYS  1 list   2 bitmap of committed chunks   3 newest token of each chunk
-- ARGV  1 chunk   2 token   3 plan id, which is not looked at
--       4 command that pushes   5... the elements
-- Returns 1, or 0 if the token is not the newest.
if redis.call('HGET', KEYS[3], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('SETBIT', KEYS[2], ARGV[1], 1)
for first = 5, #ARGV, 5000 do -- more values at once than Lua's stack takes are an error
  redis.call(ARGV[4], KEYS[1], unpack(ARGV, first, math.min(first + 4999, #ARGV)))
end
return 1
