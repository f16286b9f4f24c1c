"""Workers that know nothing of Onceover but its contract: a right one, and wrong ones as they are met.

WAY names the way in which a chunk is loaded; each function says what is wrong with it.
TARGET names where rows are left, if not in one list.
"""
import json
import os
import time
import zlib

import pymysql
import redis
from redis.exceptions import ConnectionError, LockError, WatchError

env = os.environ
TABLE, LIST, SIZE = env["ONCEOVER_TABLE"], env["ONCEOVER_LIST"], int(env["ONCEOVER_CHUNK_SIZE"])
DONE = f"{LIST}:done"
NO_SOURCE = (pymysql.Error, OSError)
target = redis.Redis.from_url(env["REDIS_URL"])


def again(errors, attempt):
    """Repeats what fails for want of a server."""
    while True:
        try:
            return attempt()
        except errors:
            time.sleep(0.02)


def source(**options):
    return pymysql.connect(
        host=env["MYSQL_HOST"], port=int(env["MYSQL_PORT"]), user=env["MYSQL_USER"],
        password=env["MYSQL_PASSWORD"], database=env["MYSQL_DATABASE"], connect_timeout=1, **options,
    )


def query(chunk):
    with source() as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT id, payload FROM {TABLE} WHERE id > %s AND id <= %s", (chunk * SIZE, (chunk + 1) * SIZE))
        return [json.dumps({"id": i, "payload": p}) for i, p in cursor]


def rows_of(chunk):
    return again(NO_SOURCE, lambda: query(chunk))


def push(p, rows):
    """Leaves rows in the list, in the list of their hash or of their worker, or in a stream."""
    to = env.get("TARGET", "list")
    for row in rows if to != "list" else []:
        if to == "stream":
            p.xadd(LIST, json.loads(row))
        else:
            p.lpush(f"{LIST}:{env['ONCEOVER_WORKER'] if to == 'workers' else zlib.crc32(row.encode()) % 3}", row)
    if to == "list":
        p.lpush(LIST, *rows)


def commit(chunk, rows, watching=None):
    with watching or target.pipeline() as p:
        p.multi()
        push(p, rows)
        p.setbit(DONE, chunk, 1)
        p.execute()


def watch(chunk):
    """Right: nobody marks a chunk between the look at its bit and the commit."""
    rows = rows_of(chunk)
    p = target.pipeline()
    p.watch(DONE)
    if p.getbit(DONE, chunk):
        return
    try:
        commit(chunk, rows, p)
    except WatchError:
        pass


def lease(chunk):
    """Wrong: when the lease is over, another takes the chunk, and the first commits all the same."""
    lock = target.lock(f"{LIST}:lock:{chunk}", timeout=float(env.get("LEASE", 0.8)), blocking=False)
    if not lock.acquire():
        return
    if not target.getbit(DONE, chunk):
        commit(chunk, rows_of(chunk))
    try:
        lock.release()
    except LockError:
        pass


locks = source(defer_connect=True)


def ask(function, chunk):
    locks.ping(reconnect=True)
    with locks.cursor() as cursor:
        cursor.execute(f"SELECT {function}", (f"{LIST}:{chunk}",))
        return cursor.fetchone()[0]


def get_lock(chunk):
    """Wrong: the lock goes with its connection, and nobody notices before the commit."""
    if not again(NO_SOURCE, lambda: ask("GET_LOCK(%s, 0)", chunk)):
        return
    if not target.getbit(DONE, chunk):
        commit(chunk, rows_of(chunk))
    again(NO_SOURCE, lambda: ask("RELEASE_LOCK(%s)", chunk))


def owner(chunk):
    """Everybody has chunks of its own, so that nothing but the write can go wrong."""
    return chunk % int(env["ONCEOVER_WORKERS"]) == int(env["ONCEOVER_WORKER"])


def resend(chunk):
    """Wrong: a write without an answer is sent again, and may have been executed."""
    if owner(chunk):
        rows = rows_of(chunk)
        again(ConnectionError, lambda: commit(chunk, rows))


def swallow(chunk):
    """Wrong: a result that ends with an error is taken for the whole."""
    if owner(chunk):
        try:
            rows = query(chunk)
        except NO_SOURCE:
            rows = []
        if rows:
            target.lpush(LIST, *rows)
        target.setbit(DONE, chunk, 1)


def mark_first(chunk):
    """Wrong: who dies between the mark and the push has lost the rows."""
    if owner(chunk):
        rows = rows_of(chunk)
        target.setbit(DONE, chunk, 1)
        target.lpush(LIST, *rows)


def push_first(chunk):
    """Wrong: who dies between the push and the mark pushes again."""
    if owner(chunk):
        target.lpush(LIST, *rows_of(chunk))
        target.setbit(DONE, chunk, 1)


def dedupe_at_end(chunk):
    """Wrong: a duplicate of what somebody has consumed already is not seen."""
    resend(chunk)


DEDUPE = """
local seen = {}
for _, element in ipairs(redis.call("LRANGE", KEYS[1], 0, -1)) do
  if seen[element] then redis.call("LREM", KEYS[1], 1, element) end
  seen[element] = true
end
"""
if env.get("TARGET") == "stream":
    DEDUPE = """
local seen = {}
for _, entry in ipairs(redis.call("XRANGE", KEYS[1], "-", "+")) do
  if seen[entry[2][2]] then redis.call("XDEL", KEYS[1], entry[1]) end
  seen[entry[2][2]] = true
end
"""


def end_by_llen(chunk):
    """Wrong: while somebody consumes, the list never holds all rows."""
    watch(chunk)


def count():
    with source() as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {TABLE}")
        return cursor.fetchone()[0]


def sweep(load):
    """Loads what is not marked, and tells whether anything was."""
    left = [chunk for chunk in range(int(env["ONCEOVER_CHUNKS"])) if not target.getbit(DONE, chunk)]
    for chunk in left:
        if not target.getbit(DONE, chunk):
            load(chunk)
    return left


load = globals()[env["WAY"]]
rows = again(NO_SOURCE, count) if load is end_by_llen else None
while again(ConnectionError, lambda: sweep(load) or rows and target.llen(LIST) != rows):
    time.sleep(0.01)
if load is dedupe_at_end:
    again(ConnectionError, lambda: target.eval(DEDUPE, 1, LIST))
