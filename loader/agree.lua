-- Agree on the plan of a job: the first worker to come stores its own.
-- KEYS  1 plan   2 bitmap of committed chunks   3 owners of committed chunks
--       4... what else the job uses
-- ARGV  1 id of the plan, empty to ask only for rights, whatever plan there is   2 body of the plan
--       3... pairs of a command that the job will send and the ordinal of its key
-- Returns id and body of the plan that counts from now on.
if ARGV[1] ~= '' then
  local held = redis.call('HMGET', KEYS[1], 'id', 'body')
  if held[1] or held[2] then
    return {held[1] or '', held[2] or ''}
  end
  if redis.call('EXISTS', KEYS[2], KEYS[3]) > 0 then
    return redis.error_reply('STALEBITS marks without a plan')
  end
end
-- This is the job's first write. What the job will need is asked for before it.
local unknown, missing = {}, {}
for i = 3, #ARGV, 2 do
  local command, key = ARGV[i], KEYS[tonumber(ARGV[i + 1])]
  -- Without arguments no command does anything, and only one that exists misses them.
  if string.find(redis.pcall(command).err, 'Unknown', 1, true) then
    unknown[#unknown + 1] = command
  elseif redis.acl_check_cmd and not redis.acl_check_cmd(command, key) then
    -- Only Redis 7 and later can be asked whether the user may.
    missing[#missing + 1] = command .. ' ' .. key
  end
end
if #unknown > 0 then
  return redis.error_reply('NOCOMMAND ' .. table.concat(unknown, ', '))
end
if #missing > 0 then
  return redis.error_reply('NORIGHT ' .. table.concat(missing, ', '))
end
if ARGV[1] == '' then
  return {'', ''} -- only asked
end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'body', ARGV[2])
return {ARGV[1], ARGV[2]}
