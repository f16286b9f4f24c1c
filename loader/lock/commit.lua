-- Commit a chunk, if nobody has: compare-and-commit. Of a chunk that is too large for one
-- commit, a slice is pushed, if the slices before it are, and no other.
-- KEYS  1 list or stream   2 bitmap of committed chunks   3 owners   4 plan   5 lease
-- ARGV  1 plan id   2 chunk   3 token
--       4 key at which the rows begin, '' for the first of the chunk
--       5 key at which the next slice begins, '' if these rows are the last
--       6 time to live of a lease, in milliseconds   7 LPUSH, RPUSH or XADD   8... the elements
-- Returns the token of the chunk's owner: ARGV[3], if this call or an earlier
-- one of the same worker committed it. Of a slice that is not the last, it returns '>' and
-- ARGV[5], which stand in the owner's place until the chunk has one, and beside the plan.
-- Redis does not undo what a script wrote before its error. So whatever can be
-- looked at is looked at before the first write; and where a write is refused all
-- the same, the ones before it are undone with the commands that did them, since
-- those were not refused.
local begun = '>' .. ARGV[2]
local plan = redis.call('HMGET', KEYS[4], 'id', begun)
if plan[1] ~= ARGV[1] then
  return redis.error_reply('PLANGONE the job has no plan, or another one')
end
local leased = redis.call('GET', KEYS[5]) == ARGV[3]
-- A lease that cannot be given back runs out.
local function release()
  if leased then
    redis.pcall('DEL', KEYS[5])
  end
end
local owner = redis.call('HGET', KEYS[3], ARGV[2]) or ''
if redis.call('GETBIT', KEYS[2], ARGV[2]) == 1 then
  release()
  return owner
end
local wanted = ARGV[7] == 'XADD' and 'stream' or 'list'
local is = redis.call('TYPE', KEYS[1]).ok
if is ~= 'none' and is ~= wanted then
  return redis.error_reply('WRONGTYPE the target is a ' .. is .. ', not a ' .. wanted)
end
local at = string.match(owner, '^>(.*)')
-- A server that evicts keys, or a hand that deletes them, takes the bits alone.
if owner ~= '' and not at then
  return redis.error_reply('BITGONE the chunk has an owner and no bit: Redis has lost a part of the job')
end
-- The same, of the owners. Without them the slices that are there would be pushed again.
local noted = plan[2] or ''
if noted ~= '' and owner == '' then
  return redis.error_reply('OWNERGONE slices of the chunk are pushed, and nothing says which: Redis has lost a part of the job')
end
if (at or '') ~= ARGV[4] then
  return redis.error_reply('SLICED ' .. (at or ''))
end
local becomes = ARGV[5] == '' and ARGV[3] or '>' .. ARGV[5]
local function refused(...)
  local answer = redis.pcall(...)
  return type(answer) == 'table' and answer.err and redis.error_reply(answer.err) or nil
end
local failure = refused('HSET', KEYS[3], ARGV[2], becomes)
if failure then
  return failure
end
if ARGV[5] == '' then
  failure = refused('SETBIT', KEYS[2], ARGV[2], 1)
else
  failure = refused('HSET', KEYS[4], begun, ARGV[5])
end
if failure then
  redis.call('HSET', KEYS[3], ARGV[2], owner)
  return failure
end
-- Lua's stack takes fewer than 8000 values at once. Redis looks at type, rights and
-- memory before a script's first write to a key: what takes the first slice takes all.
local function push()
  for first = 8, #ARGV, 5000 do
    local failure = refused(ARGV[7], KEYS[1], unpack(ARGV, first, math.min(first + 4999, #ARGV)))
    if failure then
      return failure
    end
  end
end
-- A stream takes one entry at a time, and may refuse a later one: it can run out of ids.
-- So XDEL is tried first: no entry 0-0 can exist.
local function add()
  local failure = refused('XDEL', KEYS[1], '0-0')
  if failure then
    return failure
  end
  local added = {}
  for i = 8, #ARGV do
    local id = redis.pcall('XADD', KEYS[1], '*', 'row', ARGV[i])
    if type(id) == 'table' then
      for _, earlier in ipairs(added) do
        redis.call('XDEL', KEYS[1], earlier)
      end
      return redis.error_reply(id.err)
    end
    added[#added + 1] = id
  end
end
failure = (wanted == 'stream' and add or push)()
if failure then
  if ARGV[5] == '' then
    redis.call('SETBIT', KEYS[2], ARGV[2], 0)
  else
    redis.call('HSET', KEYS[4], begun, noted)
  end
  redis.call('HSET', KEYS[3], ARGV[2], owner)
  return failure
end
if ARGV[5] == '' then
  release()
elseif leased then
  redis.pcall('SET', KEYS[5], ARGV[3], 'PX', ARGV[6])
end
return becomes
