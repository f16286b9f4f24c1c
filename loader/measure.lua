-- How full a stream is. A client that asks itself is sent the first and the last entry too.
-- KEYS  1 stream
-- Returns how many entries it has, how many were ever added (those that it has, if Redis
-- does not know: before version 7), and how many groups of consumers it has.
local info = redis.pcall('XINFO', 'STREAM', KEYS[1])
if info.err and string.find(info.err, 'no such key', 1, true) then
  return {0, 0, 0}
elseif info.err then
  return info
end
local says = {}
for i = 1, #info, 2 do
  says[info[i]] = info[i + 1]
end
return {says['length'], says['entries-added'] or says['length'], says['groups']}
