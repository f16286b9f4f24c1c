<?php

declare(strict_types=1);

/**
 * Workers in PHP that know nothing of Onceover but its contract: a right one, and
 * wrong ones as they are met. What phpredis and PDO do of their own accord is left
 * as they come.
 *
 * WAY names the way in which a chunk is loaded; each method says what is wrong with it.
 */
final class Loader
{
    private string $table;
    private string $list;
    private string $done;
    private int $size;
    private ?Redis $redis = null;
    private ?PDO $source = null;
    private ?PDO $locks = null;

    public function __construct()
    {
        $this->table = getenv('ONCEOVER_TABLE');
        $this->list = getenv('ONCEOVER_LIST');
        $this->size = (int) getenv('ONCEOVER_CHUNK_SIZE');
        $this->done = "{$this->list}:done";
    }

    /** Sweeps over what is not marked until everything is. */
    public function run(string $way): void
    {
        while ($this->again(fn () => $this->sweep($way))) {
            usleep(10_000);
        }
    }

    private function sweep(string $way): bool
    {
        $left = array_filter(range(0, (int) getenv('ONCEOVER_CHUNKS') - 1), $this->isOpen(...));
        foreach ($left as $chunk) {
            if ($this->isOpen($chunk)) {
                $this->$way($chunk);
            }
        }
        return $left !== [];
    }

    private function isOpen(int $chunk): bool
    {
        return !$this->target()->getBit($this->done, $chunk);
    }

    /** Repeats what fails for want of a server. */
    private function again(callable $attempt): mixed
    {
        while (true) {
            try {
                return $attempt();
            } catch (RedisException) {
                $this->redis = null;
            } catch (PDOException) {
                $this->source = null;
            }
            usleep(20_000);
        }
    }

    private function target(): Redis
    {
        if ($this->redis === null) {
            $url = parse_url(getenv('REDIS_URL'));
            $redis = new Redis();
            $redis->connect($url['host'], $url['port']);
            $this->redis = $redis;
        }
        return $this->redis;
    }

    private function connect(): PDO
    {
        $dsn = sprintf('mysql:host=%s;port=%s;dbname=%s', getenv('MYSQL_HOST'), getenv('MYSQL_PORT'), getenv('MYSQL_DATABASE'));
        return new PDO($dsn, getenv('MYSQL_USER'), getenv('MYSQL_PASSWORD'));
    }

    /** @return string[] */
    private function query(int $chunk): array
    {
        $this->source ??= $this->connect();
        $rows = $this->source->prepare("SELECT id, payload FROM {$this->table} WHERE id > ? AND id <= ?");
        $rows->execute([$chunk * $this->size, ($chunk + 1) * $this->size]);
        return array_map(json_encode(...), $rows->fetchAll(PDO::FETCH_ASSOC));
    }

    /** @return string[] */
    private function rowsOf(int $chunk): array
    {
        return $this->again(fn () => $this->query($chunk));
    }

    private function commit(int $chunk, array $rows): array|false
    {
        return $this->target()->multi()
            ->rPush($this->list, ...$rows)
            ->setBit($this->done, $chunk, true)
            ->exec();
    }

    /** Right: nobody marks a chunk between the look at its bit and the commit. */
    private function watch(int $chunk): void
    {
        $rows = $this->rowsOf($chunk);
        $this->target()->watch($this->done);
        if ($this->isOpen($chunk)) {
            $this->commit($chunk, $rows);
        } else {
            $this->target()->unwatch();
        }
    }

    /** Wrong: when the lease is over, another takes the chunk, and the first commits all the same. */
    private function lease(int $chunk): void
    {
        $key = "{$this->list}:lock:$chunk";
        $token = bin2hex(random_bytes(8));
        if (!$this->target()->set($key, $token, ['nx', 'px' => 800])) {
            return;
        }
        if ($this->isOpen($chunk)) {
            $this->commit($chunk, $this->rowsOf($chunk));
        }
        $release = 'return redis.call("GET", KEYS[1]) == ARGV[1] and redis.call("DEL", KEYS[1])';
        $this->target()->eval($release, [$key, $token], 1);
    }

    private function ask(string $function, int $chunk): mixed
    {
        try {
            $this->locks ??= $this->connect();
            $answer = $this->locks->prepare("SELECT $function");
            $answer->execute(["{$this->list}:$chunk"]);
            return $answer->fetchColumn();
        } catch (PDOException $e) {
            $this->locks = null;
            throw $e;
        }
    }

    /** Wrong: the lock goes with its connection, and nobody notices before the commit. */
    private function get_lock(int $chunk): void
    {
        if (!$this->again(fn () => $this->ask('GET_LOCK(?, 0)', $chunk))) {
            return;
        }
        if ($this->isOpen($chunk)) {
            $this->commit($chunk, $this->rowsOf($chunk));
        }
        $this->again(fn () => $this->ask('RELEASE_LOCK(?)', $chunk));
    }

    /** Everybody has chunks of its own, so that nothing but the write can go wrong. */
    private function mine(int $chunk): bool
    {
        return $chunk % (int) getenv('ONCEOVER_WORKERS') === (int) getenv('ONCEOVER_WORKER');
    }

    /** Wrong: a write without an answer is sent again, and may have been executed. */
    private function resend(int $chunk): void
    {
        if ($this->mine($chunk)) {
            $rows = $this->rowsOf($chunk);
            $this->again(fn () => $this->commit($chunk, $rows) ?: throw new RedisException('no answer'));
        }
    }

    /** Wrong: a result that ends with an error is taken for the whole. */
    private function swallow(int $chunk): void
    {
        if (!$this->mine($chunk)) {
            return;
        }
        try {
            $rows = $this->query($chunk);
        } catch (PDOException) {
            $this->source = null;
            $rows = [];
        }
        if ($rows) {
            $this->target()->rPush($this->list, ...$rows);
        }
        $this->target()->setBit($this->done, $chunk, true);
    }

    /** Wrong: who dies between the mark and the push has lost the rows. */
    private function mark_first(int $chunk): void
    {
        if ($this->mine($chunk)) {
            $rows = $this->rowsOf($chunk);
            $this->target()->setBit($this->done, $chunk, true);
            $this->target()->rPush($this->list, ...$rows);
        }
    }
}

(new Loader())->run(getenv('WAY'));
