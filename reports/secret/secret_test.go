package secret

import "testing"

func TestSecretsOfACommandAreNotRecorded(t *testing.T) {
	for given, want := range map[string]string{
		"python3 w.py":                                   "python3 w.py",
		"w --password=hunter2":                           "w --password=***",
		"w --password hunter2 -v":                        "w --password *** -v",
		"w --db-password='a b' x":                        "w --db-password=*** x",
		`w --api-key "a b"`:                              "w --api-key ***",
		"w -token=hunter2":                               "w -token=***",
		"w --mysql-dsn me:hunter2@tcp(h)/shop":           "w --mysql-dsn ***",
		"env MYSQL_PASSWORD=hunter2 w":                   "env MYSQL_PASSWORD=*** w",
		"env PGPASSWORD=x w":                             "env PGPASSWORD=*** w",
		"sh -c 'TOKEN=hunter2 w'":                        "sh -c 'TOKEN=*** w'",
		"w redis://me:hunter2@h:1/0 x":                   "w redis://me:***@h:1/0 x",
		"w redis://:hunter2@h":                           "w redis://:***@h",
		"w redis://h:6379/0":                             "w redis://h:6379/0",
		"w --password-file /run/secrets/db":              "w --password-file /run/secrets/db",
		"w --token-bucket 5 --passwords":                 "w --token-bucket 5 --passwords",
		"w --url=mysql://me:hun:ter2@h/shop --chunks=10": "w --url=mysql://me:***@h/shop --chunks=10",
		"w me:hunter2@tcp(h:3306)/shop":                  "w me:***@tcp(h:3306)/shop",
		"w --db 'me:hun@ter2@unix(/run/my.sock)/shop'":   "w --db 'me:***@unix(/run/my.sock)/shop'",
		"w jdbc:mysql://h/shop?user=me&password=hunter2": "w jdbc:mysql://h/shop?user=me&password=***",
		"w 'mysql://h/shop?Password=hunter2&x=1'":        "w 'mysql://h/shop?Password=***&x=1'",
		"w h;user=me;password=hunter2;x=1":               "w h;user=me;password=***;x=1",
		"w --pass hunter2 --db-pass=hunter2 --bypass 1":  "w --pass *** --db-pass=*** --bypass 1",
		"env PASS=hunter2 DB_PASS=hunter2 w":             "env PASS=*** DB_PASS=*** w",
		`w '{"user":"me","password": "hun\"ter2"}' x`:    `w '{"user":"me","password": "***"}' x`,
		`w "{\"db_password\":\"hunter2\"}"`:              `w "{\"db_password\":\"***\"}"`,
		"w -H 'Authorization: Bearer hunter2' x":         "w -H 'Authorization: Bearer ***' x",
		"w -H 'authorization: hunter2'":                  "w -H 'authorization: ***'",
		"w https://hunter2@h/x mysql://me@h/shop":        "w https://***@h/x mysql://me@h/shop",
		"w --fencing-token on --token=off --token 'no'":  "w --fencing-token on --token=off --token 'no'",
		"env FENCING_TOKEN=true w --token 17":            "env FENCING_TOKEN=true w --token 17",
		"w --token 17a --password 17 --pass on":          "w --token *** --password *** --pass ***",
	} {
		if got := Mask(given); got != want {
			t.Errorf("%s\n became %s\n want   %s", given, got, want)
		}
	}
}

func TestADigestTellsMaskedCommandsApart(t *testing.T) {
	if a, b := Digest("w --password=hunter2"), Digest("w --password=hunter3"); a == b || a != Digest("w --password=hunter2") || len(a) != 4 {
		t.Errorf("%s and %s", a, b)
	}
	if got := Digest("python3 w.py"); got != "" {
		t.Errorf("of nothing masked: %s", got)
	}
}
