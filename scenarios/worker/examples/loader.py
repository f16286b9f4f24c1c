#!/usr/bin/env python3
"""A worker in Python under Onceover's contract: everything comes from the environment.

It does what many loaders do: look whether the chunk is done, take a lock with
SET NX and a time to live, load, unlock. It has a defect, which this finds:

    onceover chaos --worker-cmd 'python3 scenarios/worker/examples/loader.py'

Needs redis-py and PyMySQL (Debian: python3-redis python3-pymysql).
"""
import json
import os
import time

import pymysql
import redis

env = os.environ
TABLE, LIST, SIZE = env["ONCEOVER_TABLE"], env["ONCEOVER_LIST"], int(env["ONCEOVER_CHUNK_SIZE"])
CHUNKS = int(env["ONCEOVER_CHUNKS"])
ME = f'{env["ONCEOVER_RUN"]}/{env["ONCEOVER_WORKER"]}/{os.getpid()}'

target = redis.Redis.from_url(env["REDIS_URL"])
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


def load(chunk):
    if target.getbit(f"{LIST}:done", chunk):
        return True
    if not target.set(f"{LIST}:lock:{chunk}", ME, nx=True, px=2000):
        return False
    # The defect: between the look at the bit and the lock another worker may
    # have loaded the chunk and let go of it. Nobody looks again.
    with target.pipeline(transaction=True) as commit:
        rows = rows_of(chunk)
        if rows:
            commit.lpush(LIST, *rows)
        commit.setbit(f"{LIST}:done", chunk, 1)
        commit.execute()
    if target.get(f"{LIST}:lock:{chunk}") == ME.encode():
        target.delete(f"{LIST}:lock:{chunk}")
    return True


left = list(range(CHUNKS))
while left:
    left = [chunk for chunk in left if not load(chunk)]
    if left:
        time.sleep(0.02)
