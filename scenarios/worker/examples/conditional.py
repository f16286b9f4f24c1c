#!/usr/bin/env python3
"""Right: a commit takes place only while the chunk is not marked, however often it is sent.

Each worker tries all chunks, and there is no lock. Two may read the same rows;
WATCH lets only one of them commit, and a commit whose reply was lost is found done
when the worker looks again. retried.py looks alike, and is wrong.

    onceover explore --worker-cmd 'python3 scenarios/worker/examples/conditional.py'
"""
import json
import os

import pymysql
import redis

env = os.environ
TABLE, LIST, SIZE = env["ONCEOVER_TABLE"], env["ONCEOVER_LIST"], int(env["ONCEOVER_CHUNK_SIZE"])
MYSQL = dict(
    host=env["MYSQL_HOST"], port=int(env["MYSQL_PORT"]), user=env["MYSQL_USER"],
    password=env["MYSQL_PASSWORD"], database=env["MYSQL_DATABASE"], autocommit=True,
)

target = redis.Redis.from_url(env["REDIS_URL"])
source = pymysql.connect(**MYSQL)


def rows_of(chunk):
    source.ping(reconnect=True)
    with source.cursor() as cursor:
        cursor.execute(
            f"SELECT id, payload FROM {TABLE} WHERE id >= %s AND id < %s ORDER BY id",
            (1 + chunk * SIZE, 1 + (chunk + 1) * SIZE),
        )
        return [json.dumps({"id": i, "payload": p}) for i, p in cursor]


def load(chunk):
    done = f"{LIST}:done:{chunk}"
    for attempt in range(5):
        try:
            with target.pipeline(transaction=True) as commit:
                commit.watch(done)
                if commit.exists(done):
                    return
                rows = rows_of(chunk)
                commit.multi()
                commit.rpush(LIST, *rows)
                commit.set(done, 1)
                commit.execute()
            return
        except (redis.ConnectionError, redis.WatchError, pymysql.OperationalError):
            continue  # and look again
    raise SystemExit(f"chunk {chunk} could not be committed")


for number in range(int(env["ONCEOVER_CHUNKS"])):
    load(number)
