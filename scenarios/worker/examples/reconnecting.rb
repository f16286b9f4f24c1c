#!/usr/bin/env ruby
# Wrong: the client connects again by itself and sends the commit once more.
#
# Each worker has chunks of its own, so there is no lock, and one script pushes the rows and sets the mark. But redis-rb
# has reconnect_attempts: 1 unless it is told otherwise, and a lost reply looks like a lost request. This finds it:
#
#     onceover explore --worker-cmd 'ruby scenarios/worker/examples/reconnecting.rb'
#
# conditional.rb is the same with the mistake mended. Needs redis-rb and mysql2 (Debian: ruby-redis ruby-mysql2).
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
  for i = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
  redis.call('SETBIT', KEYS[2], ARGV[1], 1)
  return 1
LUA

ENV['ONCEOVER_WORKER'].to_i.step(ENV['ONCEOVER_CHUNKS'].to_i - 1, ENV['ONCEOVER_WORKERS'].to_i) do |chunk|
  next if redis.getbit("#{LIST}:done", chunk) == 1

  rows = source.query("SELECT id, payload FROM #{TABLE} WHERE id > #{chunk * SIZE} AND id <= #{(chunk + 1) * SIZE} ORDER BY id")
  redis.eval(COMMIT, keys: [LIST, "#{LIST}:done"], argv: [chunk, *rows.map(&:to_json)])
end
