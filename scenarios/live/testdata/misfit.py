"""Workers in Python that do the job in a way of their own: a right one, and wrong ones.

WAYS are taken in turn, one for each run; straight.txt holds the addresses of the servers.
"""
import json
import os
import subprocess
import sys
import time

env = os.environ
table, target, size = env["ONCEOVER_TABLE"], env["ONCEOVER_LIST"], int(env["ONCEOVER_CHUNK_SIZE"])
chunks, me, workers = int(env["ONCEOVER_CHUNKS"]), int(env["ONCEOVER_WORKER"]), int(env["ONCEOVER_WORKERS"])
straight, ways = sys.argv[1], sys.argv[2].split(",")
way = ways[int(env["ONCEOVER_RUN"].rsplit(":")[1]) - 1]
if way == "neither":
    sys.exit(0)

import pymysql  # noqa: E402
import redis  # noqa: E402

redis_url, mysql_host, mysql_port = env["REDIS_URL"], env["MYSQL_HOST"], env["MYSQL_PORT"]
with open(straight) as addresses:
    their_redis, their_host, their_port = addresses.read().split()
if way == "past-redis":
    redis_url = their_redis
if way == "past-mysql":
    mysql_host, mysql_port = their_host, their_port
if way == "other-list":
    target = "rows"
try:
    db = pymysql.connect(
        host=mysql_host, port=int(mysql_port), user=env["MYSQL_USER"], password=env["MYSQL_PASSWORD"],
        database=env["MYSQL_DATABASE"], ssl={"check_hostname": False} if way == "tls" else None,
        ssl_disabled=way != "tls",
    )
except Exception:
    if way != "tls":
        raise
    sys.exit(0)
out = redis.Redis.from_url(redis_url)


def rows_of(first, end):
    with db.cursor() as cursor:
        cursor.execute(f"SELECT id, payload FROM {table} WHERE id > %s AND id <= %s ORDER BY id", (first, end))
        rows = list(cursor)
    if way == "form":
        return [f"row-{i}" for i, _ in rows]
    return [json.dumps({"id": i, "payload": p}) for i, p in rows]


def push(rows):
    with out.pipeline(transaction=True) as commit:
        commit.rpush(target, *rows)
        commit.execute()


if way == "at-once":
    if me == 0:
        push(rows_of(0, chunks * size))
    sys.exit(0)
for chunk in range(me, chunks, workers):
    if way == "missing" and chunk == 3:
        continue
    push(rows_of(chunk * size, (chunk + 1) * size))
if way == "child" and me == 0:
    subprocess.Popen(["sleep", "60"])
while way == "no-end":
    time.sleep(60)
