<?php
// Wrong: an unbuffered result that breaks off looks like one that ends, and nobody asks for the error.
mysqli_report(MYSQLI_REPORT_OFF);
[$table, $list, $size] = [getenv('ONCEOVER_TABLE'), getenv('ONCEOVER_LIST'), (int) getenv('ONCEOVER_CHUNK_SIZE')];
$url = parse_url(getenv('REDIS_URL'));
$redis = new Redis();
$redis->connect($url['host'], $url['port']);
$commit = <<<'LUA'
    if redis.call('GETBIT', KEYS[2], ARGV[1]) == 1 then return 0 end
    for i = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
    redis.call('SETBIT', KEYS[2], ARGV[1], 1)
    return 1
    LUA;

for ($chunk = 0; $chunk < getenv('ONCEOVER_CHUNKS'); $chunk++) {
    if ($redis->getBit("$list:done", $chunk)) {
        continue;
    }
    $db = new mysqli(getenv('MYSQL_HOST'), getenv('MYSQL_USER'), getenv('MYSQL_PASSWORD'), getenv('MYSQL_DATABASE'), (int) getenv('MYSQL_PORT'));
    [$from, $to] = [1 + $chunk * $size, ($chunk + 1) * $size];
    $result = $db->query("SELECT id, payload FROM $table WHERE id BETWEEN $from AND $to ORDER BY id", MYSQLI_USE_RESULT);
    if (!$result) {
        throw new RuntimeException($db->error);
    }
    $rows = [];
    while ($row = $result->fetch_assoc()) {
        $rows[] = json_encode(['id' => (int) $row['id'], 'payload' => $row['payload']]);
    }
    $redis->eval($commit, [$list, "$list:done", $chunk, ...$rows], 2);
}
