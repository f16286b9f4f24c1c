<?php
// Wrong: BETWEEN has both its ends, so each chunk has the first row of the next.
[$table, $list, $size] = [getenv('ONCEOVER_TABLE'), getenv('ONCEOVER_LIST'), (int) getenv('ONCEOVER_CHUNK_SIZE')];
$url = parse_url(getenv('REDIS_URL'));
$redis = new Redis();
$redis->connect($url['host'], $url['port']);
$db = new PDO(
    sprintf('mysql:host=%s;port=%s;dbname=%s', getenv('MYSQL_HOST'), getenv('MYSQL_PORT'), getenv('MYSQL_DATABASE')),
    getenv('MYSQL_USER'), getenv('MYSQL_PASSWORD'), [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION],
);
$commit = <<<'LUA'
    if redis.call('GETBIT', KEYS[2], ARGV[1]) == 1 then return 0 end
    for i = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
    redis.call('SETBIT', KEYS[2], ARGV[1], 1)
    return 1
    LUA;

for ($chunk = 0; $chunk < getenv('ONCEOVER_CHUNKS'); $chunk++) {
    [$from, $to] = [1 + $chunk * $size, 1 + ($chunk + 1) * $size];
    $rows = $db->query("SELECT id, payload FROM $table WHERE id BETWEEN $from AND $to ORDER BY id")->fetchAll(PDO::FETCH_ASSOC);
    $redis->eval($commit, [$list, "$list:done", $chunk, ...array_map('json_encode', $rows)], 2);
}
