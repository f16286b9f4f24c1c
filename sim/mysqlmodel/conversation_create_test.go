package mysqlmodel

// createConversations are of tables that are made while others are at work.
var createConversations = map[string]string{
	"a table is made once": `
		0 CREATE TABLE IF NOT EXISTS n (chunk BIGINT PRIMARY KEY, done TINYINT NOT NULL) COMMENT 'of a job'
		1 CREATE TABLE IF NOT EXISTS n (chunk BIGINT PRIMARY KEY, done TINYINT NOT NULL) COMMENT 'of a job'
		1 CREATE TABLE IF NOT EXISTS onceover_model.d (chunk INT PRIMARY KEY)
		0 SHOW COLUMNS FROM n
		0 INSERT IGNORE INTO n VALUES (0, 0), (1, 0)
		1 INSERT IGNORE INTO n VALUES (0, 0), (1, 0), (2, 0)
		2 SELECT * FROM n
		2 SELECT COUNT(*) FROM n
		2 CREATE TABLE IF NOT EXISTS nowhere.n (chunk INT PRIMARY KEY)
		2 CREATE TABLE IF NOT EXISTS n (name VARCHAR(20) NOT NULL, number INT UNSIGNED PRIMARY KEY, char10 CHAR(10))`,
	"columns of a table that was made": `
		0 CREATE TABLE IF NOT EXISTS n (name VARCHAR(20) NOT NULL, number INT UNSIGNED PRIMARY KEY, f DOUBLE, c CHAR(10))
		0 SHOW FULL COLUMNS FROM n
		0 INSERT INTO n VALUES ('x', 1, NULL, 'y')
		1 SELECT * FROM n`,
	"to make a table commits, whether it is there or not": `
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=1
		0 CREATE TABLE IF NOT EXISTS d (chunk INT PRIMARY KEY)
		1 SELECT * FROM d
		0 ROLLBACK
		0 SET autocommit=0
		0 UPDATE d SET done=8 WHERE chunk=2
		1 SELECT * FROM d
		0 CREATE TABLE IF NOT EXISTS n (chunk INT PRIMARY KEY)
		1 SELECT * FROM d
		0 BEGIN
		0 UPDATE d SET done=9 WHERE chunk=5
		0 CREATE TABLE IF NOT EXISTS nowhere.n (chunk INT PRIMARY KEY)
		1 SELECT * FROM d`,
	"a transaction that only reads ends with a table": `
		0 START TRANSACTION READ ONLY
		0 SELECT * FROM d
		0 CREATE TABLE IF NOT EXISTS n (chunk INT PRIMARY KEY)
		0 CREATE TABLE IF NOT EXISTS d (chunk INT PRIMARY KEY)
		0 COMMIT
		0 CREATE TABLE IF NOT EXISTS n (chunk INT PRIMARY KEY)`,
	"the level of one transaction ends with a table": `
		0 SET TRANSACTION ISOLATION LEVEL READ COMMITTED
		0 CREATE TABLE IF NOT EXISTS n (chunk INT PRIMARY KEY)
		0 BEGIN
		0 SELECT * FROM d
		1 UPDATE d SET done=7 WHERE chunk=1
		0 SELECT * FROM d`,
	"a table that is there is not waited for": `
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=1
		1 CREATE TABLE IF NOT EXISTS d (chunk INT PRIMARY KEY)
		1 CREATE TABLE IF NOT EXISTS n (chunk INT PRIMARY KEY)
		0 COMMIT`,
}
