CREATE TABLE orders (order_id INT UNSIGNED PRIMARY KEY, item VARCHAR(20));
INSERT INTO orders VALUES (3, 'a'), (5, 'b'), (8, 'c'), (900000, 'z');
