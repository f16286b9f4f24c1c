#!/usr/bin/env python3
"""The published scheme in Python: the name of the Redis connection is the lock.

A worker reads the chunk's bit. Then one transaction lists all clients and takes
the name chunk_N. If nobody had it, the chunk is loaded; if somebody had, it is
left to that one. It duplicates rows and loses rows, which this finds:

    onceover explore --worker-cmd 'python3 scenarios/worker/examples/connection_name.py'

Needs redis-py and PyMySQL (Debian: python3-redis python3-pymysql).
"""
import json
import os

import pymysql
import redis

env = os.environ
TABLE, LIST, SIZE = env["ONCEOVER_TABLE"], env["ONCEOVER_LIST"], int(env["ONCEOVER_CHUNK_SIZE"])

target = redis.Redis.from_url(env["REDIS_URL"], decode_responses=True)
source = pymysql.connect(
    host=env["MYSQL_HOST"], port=int(env["MYSQL_PORT"]), user=env["MYSQL_USER"],
    password=env["MYSQL_PASSWORD"], database=env["MYSQL_DATABASE"], autocommit=True,
)


def rows_of(chunk):
    with source.cursor() as cursor:
        cursor.execute(
            f"SELECT id, payload FROM {TABLE} WHERE id >= %s AND id < %s ORDER BY id",
            (1 + chunk * SIZE, 1 + (chunk + 1) * SIZE),
        )
        return [json.dumps({"id": i, "payload": p}) for i, p in cursor]


for chunk in range(int(env["ONCEOVER_CHUNKS"])):
    if target.getbit(f"{LIST}:done", chunk):
        continue
    with target.pipeline(transaction=True) as lock:
        lock.client_list()
        lock.client_setname(f"chunk_{chunk}")
        clients, _ = lock.execute()
    if f"chunk_{chunk}" in [client["name"] for client in clients]:
        continue
    with target.pipeline(transaction=True) as commit:
        commit.rpush(LIST, *rows_of(chunk))
        commit.setbit(f"{LIST}:done", chunk, 1)
        commit.execute()
