-- Agree on the plan of a job: the first worker to come stores its own.
-- KEYS  1 plan   2 bitmap of committed chunks
-- ARGV  1 id of the plan   2 body of the plan
-- Returns the body that counts from now on.
local body = redis.call('HGET', KEYS[1], 'body')
if body then
  return body
end
if redis.call('EXISTS', KEYS[2]) == 1 then
  return redis.error_reply('STALEBITS a bitmap without a plan')
end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'body', ARGV[2])
return ARGV[2]
