-- Leaves a Redis as a clock leaves it that jumped ahead by ARGV[1] milliseconds.
-- Returns how many keys have ended, how many end earlier, and how many pending entries have waited longer;
-- then, in pairs, how often which command was called.
local by, ended, earlier, waited, calls = tonumber(ARGV[1]), 0, 0, 0, {}
local function call(name, ...)
  calls[name] = (calls[name] or 0) + 1
  return redis.call(...)
end

local function wait(key, group)
  for _, entry in ipairs(call('xpending', 'XPENDING', key, group, '-', '+', 1000000)) do
    local id, consumer, idle, times = unpack(entry)
    call('xclaim', 'XCLAIM', key, group, consumer, 0, id, 'IDLE', idle + by, 'RETRYCOUNT', times, 'JUSTID')
    waited = waited + 1
  end
end

for _, key in ipairs(call('keys', 'KEYS', '*')) do
  local left = call('pttl', 'PTTL', key)
  if left > by then
    call('pexpire', 'PEXPIRE', key, left - by)
    earlier = earlier + 1
  elseif left >= 0 then
    call('del', 'DEL', key)
    ended = ended + 1
  end
  if call('type', 'TYPE', key).ok == 'stream' then
    for _, group in ipairs(call('xinfo|groups', 'XINFO', 'GROUPS', key)) do
      wait(key, group[2]) -- after the word name
    end
  end
end

local told = {ended, earlier, waited}
for name, times in pairs(calls) do
  told[#told + 1] = name
  told[#told + 1] = times
end
return told
