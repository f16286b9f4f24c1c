"""Wrong: a thread renews the lease, and ends in silence when there is nothing to renew."""
import json
import os
import threading
import time

import pymysql
import redis

env = os.environ
TABLE, LIST, SIZE = env["ONCEOVER_TABLE"], env["ONCEOVER_LIST"], int(env["ONCEOVER_CHUNK_SIZE"])

target = redis.Redis.from_url(env["REDIS_URL"])
source = pymysql.connect(host=env["MYSQL_HOST"], port=int(env["MYSQL_PORT"]), user=env["MYSQL_USER"],
                         password=env["MYSQL_PASSWORD"], database=env["MYSQL_DATABASE"])


def renew(lease, over):
    while not over.wait(0.9) and target.pexpire(lease, 2000):
        pass


def commit(chunk):
    with source.cursor() as cursor:
        cursor.execute(f"SELECT id, payload FROM {TABLE} WHERE id > %s AND id <= %s", (chunk * SIZE, (chunk + 1) * SIZE))
        rows = [json.dumps({"id": i, "payload": p}) for i, p in cursor]
    with target.pipeline(transaction=True) as pipe:
        pipe.rpush(LIST, *rows)
        pipe.setbit(f"{LIST}:done", chunk, 1)
        pipe.execute()


def load(chunk):
    lease, over = f"{LIST}:lock:{chunk}", threading.Event()
    if not target.set(lease, env["ONCEOVER_WORKER"], nx=True, px=2000):
        return False
    thread = threading.Thread(target=renew, args=(lease, over), daemon=True)
    thread.start()
    if not target.getbit(f"{LIST}:done", chunk):
        commit(chunk)
    over.set()
    thread.join()
    return True  # the lease ends by itself


left = list(range(int(env["ONCEOVER_CHUNKS"])))
while left := [chunk for chunk in left if not load(chunk)]:
    time.sleep(0.02)
