<?php
// Wrong: a row in MySQL says that a chunk is done, and it is written before the rows are pushed.
[$table, $list, $size] = [getenv('ONCEOVER_TABLE'), getenv('ONCEOVER_LIST'), (int) getenv('ONCEOVER_CHUNK_SIZE')];
$url = parse_url(getenv('REDIS_URL'));
$redis = new Redis();
$redis->connect($url['host'], $url['port']);
$db = new PDO(
    sprintf('mysql:host=%s;port=%s;dbname=%s', getenv('MYSQL_HOST'), getenv('MYSQL_PORT'), getenv('MYSQL_DATABASE')),
    getenv('MYSQL_USER'), getenv('MYSQL_PASSWORD'), [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION],
);
$db->exec('CREATE TABLE IF NOT EXISTS chunks_done (chunk INT PRIMARY KEY)');

for ($chunk = 0; $chunk < getenv('ONCEOVER_CHUNKS'); $chunk++) {
    if ($db->exec("INSERT IGNORE INTO chunks_done VALUES ($chunk)") === 0) {
        continue; // somebody has it
    }
    [$from, $to] = [1 + $chunk * $size, ($chunk + 1) * $size];
    $rows = $db->query("SELECT id, payload FROM $table WHERE id BETWEEN $from AND $to ORDER BY id")->fetchAll(PDO::FETCH_ASSOC);
    $redis->rPush($list, ...array_map('json_encode', $rows));
}
