"""Wrong: a lease keeps others away, and the commit does not ask whether it is still held."""
import json
import os
import time

import pymysql
import redis

env = os.environ
TABLE, LIST, SIZE = env["ONCEOVER_TABLE"], env["ONCEOVER_LIST"], int(env["ONCEOVER_CHUNK_SIZE"])
ME = env["ONCEOVER_WORKER"] + "/" + os.urandom(4).hex()

target = redis.Redis.from_url(env["REDIS_URL"])
source = pymysql.connect(host=env["MYSQL_HOST"], port=int(env["MYSQL_PORT"]), user=env["MYSQL_USER"],
                         password=env["MYSQL_PASSWORD"], database=env["MYSQL_DATABASE"])
release = target.register_script("if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end")


def rows_of(chunk):
    with source.cursor() as cursor:
        cursor.execute(f"SELECT id, payload FROM {TABLE} WHERE id > %s AND id <= %s", (chunk * SIZE, (chunk + 1) * SIZE))
        return [json.dumps({"id": i, "payload": p}) for i, p in cursor]


def load(chunk):
    lease = f"{LIST}:lock:{chunk}"
    if not target.set(lease, ME, nx=True, px=2000):
        return False
    if not target.getbit(f"{LIST}:done", chunk):
        with target.pipeline(transaction=True) as commit:
            commit.rpush(LIST, *rows_of(chunk))
            commit.setbit(f"{LIST}:done", chunk, 1)
            commit.execute()
    release(keys=[lease], args=[ME])
    return True


left = list(range(int(env["ONCEOVER_CHUNKS"])))
while left := [chunk for chunk in left if not load(chunk)]:
    time.sleep(0.02)
