# Wrong: a stream hands the chunks out, and is told that one is done before its rows are pushed.
require 'json'
require 'mysql2'
require 'redis'

TABLE, LIST, SIZE = ENV['ONCEOVER_TABLE'], ENV['ONCEOVER_LIST'], ENV['ONCEOVER_CHUNK_SIZE'].to_i
TODO, GROUP, ME = "#{LIST}:todo", 'loaders', ENV['ONCEOVER_WORKER']
redis = Redis.new(url: ENV['REDIS_URL'])
source = Mysql2::Client.new(host: ENV['MYSQL_HOST'], port: ENV['MYSQL_PORT'].to_i, username: ENV['MYSQL_USER'],
                            password: ENV['MYSQL_PASSWORD'], database: ENV['MYSQL_DATABASE'])

PLAN = <<~LUA
  if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
  for chunk = 0, ARGV[1] - 1 do redis.call('XADD', KEYS[1], '*', 'chunk', chunk) end
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[2], '0')
  return 1
LUA
redis.eval(PLAN, keys: [TODO], argv: [ENV['ONCEOVER_CHUNKS'], GROUP])

%w[0 >].each do |from| # first what an earlier life was given
  until (given = redis.xreadgroup(GROUP, ME, TODO, from, count: 1)[TODO]).to_a.empty?
    id, fields = given.first
    redis.xack(TODO, GROUP, id)
    chunk = fields['chunk'].to_i
    rows = source.query("SELECT id, payload FROM #{TABLE} WHERE id > #{chunk * SIZE} AND id <= #{(chunk + 1) * SIZE}")
    redis.rpush(LIST, rows.map(&:to_json))
  end
end
