#!/usr/bin/env ruby
# Right: one script looks at the mark, pushes the rows and sets the mark.
#
# The client may send it again as often as it likes, and so may other workers: the rows are pushed once. Whatever fails
# ends the worker, and the next one begins where it was. reconnecting.rb looks alike, and is wrong.
#
#     onceover explore --worker-cmd 'ruby scenarios/worker/examples/conditional.rb'
#
# Needs redis-rb and mysql2 (Debian: ruby-redis ruby-mysql2).
require 'json'
require 'mysql2'
require 'redis'

TABLE, LIST, SIZE = ENV['ONCEOVER_TABLE'], ENV['ONCEOVER_LIST'], ENV['ONCEOVER_CHUNK_SIZE'].to_i

redis = Redis.new(url: ENV['REDIS_URL'])
source = Mysql2::Client.new(
  host: ENV['MYSQL_HOST'], port: ENV['MYSQL_PORT'].to_i, username: ENV['MYSQL_USER'],
  password: ENV['MYSQL_PASSWORD'], database: ENV['MYSQL_DATABASE']
)

COMMIT = <<~LUA
  if redis.call('GETBIT', KEYS[2], ARGV[1]) == 1 then return 0 end
  for i = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
  redis.call('SETBIT', KEYS[2], ARGV[1], 1)
  return 1
LUA

ENV['ONCEOVER_CHUNKS'].to_i.times do |chunk|
  next if redis.getbit("#{LIST}:done", chunk) == 1

  rows = source.query("SELECT id, payload FROM #{TABLE} WHERE id > #{chunk * SIZE} AND id <= #{(chunk + 1) * SIZE} ORDER BY id")
  redis.eval(COMMIT, keys: [LIST, "#{LIST}:done"], argv: [chunk, *rows.map(&:to_json)])
end
