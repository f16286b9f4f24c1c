"""Wrong: a pipeline is one round trip and no transaction: it may end in its middle."""
import json
import os

import pymysql
import redis

env = os.environ
TABLE, LIST, SIZE = env["ONCEOVER_TABLE"], env["ONCEOVER_LIST"], int(env["ONCEOVER_CHUNK_SIZE"])

target = redis.Redis.from_url(env["REDIS_URL"])
source = pymysql.connect(host=env["MYSQL_HOST"], port=int(env["MYSQL_PORT"]), user=env["MYSQL_USER"],
                         password=env["MYSQL_PASSWORD"], database=env["MYSQL_DATABASE"])


def rows_of(chunk):
    with source.cursor() as cursor:
        cursor.execute(f"SELECT id, payload FROM {TABLE} WHERE id > %s AND id <= %s", (chunk * SIZE, (chunk + 1) * SIZE))
        return [json.dumps({"id": i, "payload": p}) for i, p in cursor]


for chunk in range(int(env["ONCEOVER_WORKER"]), int(env["ONCEOVER_CHUNKS"]), int(env["ONCEOVER_WORKERS"])):
    if target.getbit(f"{LIST}:done", chunk):
        continue
    pipe = target.pipeline(transaction=False)
    pipe.rpush(LIST, *rows_of(chunk))
    pipe.setbit(f"{LIST}:done", chunk, 1)
    pipe.execute()
