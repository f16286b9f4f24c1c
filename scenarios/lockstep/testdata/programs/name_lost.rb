# Wrong: the name of the connection is the lock, and the client connects again by itself, without the name.
require 'json'
require 'mysql2'
require 'redis'

TABLE, LIST, SIZE = ENV['ONCEOVER_TABLE'], ENV['ONCEOVER_LIST'], ENV['ONCEOVER_CHUNK_SIZE'].to_i
REDIS = Redis.new(url: ENV['REDIS_URL'])
SOURCE = Mysql2::Client.new(host: ENV['MYSQL_HOST'], port: ENV['MYSQL_PORT'].to_i, username: ENV['MYSQL_USER'],
                            password: ENV['MYSQL_PASSWORD'], database: ENV['MYSQL_DATABASE'])

def lock(name)
  clients, = REDIS.multi do |tx|
    tx.call([:client, :list])
    tx.call([:client, :setname, name])
  end
  !clients.split.include?("name=#{name}")
end

def load(chunk)
  if lock("chunk_#{chunk}") && REDIS.getbit("#{LIST}:done", chunk).zero?
    REDIS.hset("#{LIST}:state", chunk, 'loading') # for a page that shows how far it is
    rows = SOURCE.query("SELECT id, payload FROM #{TABLE} WHERE id > #{chunk * SIZE} AND id <= #{(chunk + 1) * SIZE}")
    REDIS.multi do |tx|
      tx.rpush(LIST, rows.map(&:to_json))
      tx.setbit("#{LIST}:done", chunk, 1)
    end
  end
  REDIS.call([:client, :setname, 'idle'])
end

ENV['ONCEOVER_CHUNKS'].to_i.times { |chunk| load(chunk) }
