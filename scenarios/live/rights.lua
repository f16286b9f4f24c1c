-- What the login may not do.
-- ARGV: pairs of a command and a key. Returns those that are refused, as texts.
local refused = {}
if redis.acl_check_cmd then -- since Redis 7.0
  for i = 1, #ARGV, 2 do
    if not redis.acl_check_cmd(ARGV[i], ARGV[i + 1]) then
      refused[#refused + 1] = ARGV[i] .. ' ' .. ARGV[i + 1]
    end
  end
end
return refused
