# Wrong: the lock is let go of whoever has it: "ensure" also runs where somebody else has.
require 'json'
require 'mysql2'
require 'redis'

TABLE, LIST, SIZE = ENV['ONCEOVER_TABLE'], ENV['ONCEOVER_LIST'], ENV['ONCEOVER_CHUNK_SIZE'].to_i
REDIS = Redis.new(url: ENV['REDIS_URL'], reconnect_attempts: 0)
SOURCE = Mysql2::Client.new(host: ENV['MYSQL_HOST'], port: ENV['MYSQL_PORT'].to_i, username: ENV['MYSQL_USER'],
                            password: ENV['MYSQL_PASSWORD'], database: ENV['MYSQL_DATABASE'])

def commit(chunk)
  rows = SOURCE.query("SELECT id, payload FROM #{TABLE} WHERE id > #{chunk * SIZE} AND id <= #{(chunk + 1) * SIZE}")
  REDIS.multi do |tx|
    tx.rpush(LIST, rows.map(&:to_json))
    tx.setbit("#{LIST}:done", chunk, 1)
  end
end

def load(chunk)
  return false unless REDIS.set("#{LIST}:lock:#{chunk}", ENV['ONCEOVER_WORKER'], nx: true, ex: 10)

  commit(chunk) if REDIS.getbit("#{LIST}:done", chunk).zero?
  true
ensure
  REDIS.del("#{LIST}:lock:#{chunk}")
end

left = (0...ENV['ONCEOVER_CHUNKS'].to_i).to_a
until left.empty?
  left.reject! { |chunk| load(chunk) }
  sleep 0.02 unless left.empty?
end
