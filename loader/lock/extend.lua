-- Let a lease begin anew, if it is still one's own.
-- KEYS  1 lease   ARGV  1 token   2 time to live, in milliseconds
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
