-- Agree on the plan of a job: the first worker to come stores its own.
-- KEYS  1 plan   2 bitmap of committed chunks   3 owners of committed chunks
-- ARGV  1 id of the plan   2 body of the plan
-- Returns id and body of the plan that counts from now on.
local held = redis.call('HMGET', KEYS[1], 'id', 'body')
if held[1] or held[2] then
  return {held[1] or '', held[2] or ''}
end
if redis.call('EXISTS', KEYS[2], KEYS[3]) > 0 then
  return redis.error_reply('STALEBITS marks without a plan')
end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'body', ARGV[2])
return {ARGV[1], ARGV[2]}
