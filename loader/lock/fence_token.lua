-- Take the next token of a chunk, under the plan of the job.
-- KEYS  1 newest token of each chunk   2 plan
-- ARGV  1 chunk   2 plan id
if redis.call('HGET', KEYS[2], 'id') ~= ARGV[2] then
  return redis.error_reply('PLANGONE the job has no plan, or another one')
end
return redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
