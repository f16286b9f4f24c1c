<?php
// Right: one script looks at the mark, pushes the rows and sets the mark.
//
// However often it is sent, and by however many workers, the rows are pushed once. So no lock is needed, and
// whatever fails is done again. two_requests.php looks alike, and is wrong.
//
//     onceover explore --worker-cmd 'php scenarios/worker/examples/one_script.php'
//
// Needs phpredis and PDO (Debian: php-redis php-mysql).
[$table, $list, $size] = [getenv('ONCEOVER_TABLE'), getenv('ONCEOVER_LIST'), (int) getenv('ONCEOVER_CHUNK_SIZE')];
$url = parse_url(getenv('REDIS_URL'));
$dsn = sprintf('mysql:host=%s;port=%s;dbname=%s', getenv('MYSQL_HOST'), getenv('MYSQL_PORT'), getenv('MYSQL_DATABASE'));
$commit = <<<'LUA'
    if redis.call('GETBIT', KEYS[2], ARGV[1]) == 1 then return 0 end
    for i = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
    redis.call('SETBIT', KEYS[2], ARGV[1], 1)
    return 1
    LUA;

$load = function (int $chunk) use ($url, $dsn, $table, $list, $size, $commit): void {
    $redis = new Redis();
    $redis->connect($url['host'], $url['port']);
    $redis->setOption(Redis::OPT_MAX_RETRIES, 0); // else phpredis may connect again, and wait for a reply to what it has not sent
    if ($redis->getBit("$list:done", $chunk)) {
        return;
    }
    $db = new PDO($dsn, getenv('MYSQL_USER'), getenv('MYSQL_PASSWORD'), [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
    [$from, $to] = [1 + $chunk * $size, ($chunk + 1) * $size];
    $rows = $db->query("SELECT id, payload FROM $table WHERE id BETWEEN $from AND $to ORDER BY id")->fetchAll(PDO::FETCH_ASSOC);
    if ($redis->eval($commit, [$list, "$list:done", $chunk, ...array_map('json_encode', $rows)], 2) === false) {
        throw new RedisException($redis->getLastError());
    }
};

for ($chunk = 0, $failed = 0; $chunk < getenv('ONCEOVER_CHUNKS');) {
    try {
        $load($chunk);
        $chunk++;
    } catch (RedisException | PDOException $e) {
        ++$failed < 5 or throw $e;
    }
}
