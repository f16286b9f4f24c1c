-- Begin a job anew: delete what it has, and store the plan of its new life in one step,
-- so that no worker of the old life finds a job without a plan and stores its own.
-- KEYS  1 plan   2 list   3 bitmap of committed chunks   4 owners   5 lease on planning
--       6 stream of chunks   7... locks
-- ARGV  1 id of the plan that is to be deleted, or empty   2 id and 3 body of the new plan
if (redis.call('HGET', KEYS[1], 'id') or '') ~= ARGV[1] then
  return redis.error_reply('ANOTHERLIFE the job was begun anew meanwhile')
end
if redis.acl_check_cmd then
  for _, command in ipairs({'UNLINK', 'HSET'}) do
    if not redis.acl_check_cmd(command, KEYS[1]) then
      return redis.error_reply('NORIGHT ' .. command .. ' ' .. KEYS[1])
    end
  end
end
redis.call('UNLINK', unpack(KEYS))
redis.call('HSET', KEYS[1], 'id', ARGV[2], 'body', ARGV[3])
return 'OK'
