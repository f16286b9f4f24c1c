<?php
// Wrong: rows and mark are two requests, and a worker may die between them.
//
// Each worker has chunks of its own, so there is no lock. This finds it:
//
//     onceover explore --worker-cmd 'php scenarios/worker/examples/two_requests.php'
//
// one_script.php is the same with the mistake mended. Needs phpredis and PDO (Debian: php-redis php-mysql).
[$table, $list, $size] = [getenv('ONCEOVER_TABLE'), getenv('ONCEOVER_LIST'), (int) getenv('ONCEOVER_CHUNK_SIZE')];
$url = parse_url(getenv('REDIS_URL'));
$redis = new Redis();
$redis->connect($url['host'], $url['port']);
$redis->setOption(Redis::OPT_MAX_RETRIES, 0); // else phpredis may connect again, and wait for a reply to what it has not sent
$db = new PDO(
    sprintf('mysql:host=%s;port=%s;dbname=%s', getenv('MYSQL_HOST'), getenv('MYSQL_PORT'), getenv('MYSQL_DATABASE')),
    getenv('MYSQL_USER'), getenv('MYSQL_PASSWORD'), [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION],
);

for ($chunk = (int) getenv('ONCEOVER_WORKER'); $chunk < getenv('ONCEOVER_CHUNKS'); $chunk += getenv('ONCEOVER_WORKERS')) {
    if ($redis->getBit("$list:done", $chunk)) {
        continue;
    }
    [$from, $to] = [1 + $chunk * $size, ($chunk + 1) * $size];
    $rows = $db->query("SELECT id, payload FROM $table WHERE id BETWEEN $from AND $to ORDER BY id")->fetchAll(PDO::FETCH_ASSOC);
    $redis->rPush($list, ...array_map('json_encode', $rows));
    $redis->setBit("$list:done", $chunk, true); // The mistake: it may never be sent.
}
