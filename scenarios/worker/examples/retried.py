#!/usr/bin/env python3
"""Wrong: a commit is sent again after an error, and the first may have been executed.

Each worker has chunks of its own, so there is no lock. Rows and mark are one
transaction. But a lost reply looks like a lost request, and this finds it:

    onceover explore --worker-cmd 'python3 scenarios/worker/examples/retried.py'

conditional.py is the same with the mistake mended.
"""
import json
import os

import pymysql
import redis

env = os.environ
TABLE, LIST, SIZE = env["ONCEOVER_TABLE"], env["ONCEOVER_LIST"], int(env["ONCEOVER_CHUNK_SIZE"])
DONE = f"{LIST}:done"

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
    if target.getbit(DONE, chunk):
        return
    rows = rows_of(chunk)
    for attempt in range(5):
        try:
            with target.pipeline(transaction=True) as commit:
                commit.rpush(LIST, *rows)
                commit.setbit(DONE, chunk, 1)
                commit.execute()
            return
        except redis.ConnectionError:
            continue  # The mistake: nobody asks whether the chunk is done by now.
    raise SystemExit(f"chunk {chunk} could not be committed")


for number in range(int(env["ONCEOVER_WORKER"]), int(env["ONCEOVER_CHUNKS"]), int(env["ONCEOVER_WORKERS"])):
    load(number)
