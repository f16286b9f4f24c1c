package loader_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"onceover/loader"
)

// collation is one that MySQL has.
type collation struct{ name, charset string }

func (f *fixture) collations() (all []collation) {
	f.t.Helper()
	rows, err := f.db.QueryContext(f.t.Context(), "SELECT COLLATION_NAME, CHARACTER_SET_NAME FROM information_schema.COLLATIONS WHERE CHARACTER_SET_NAME <> 'binary' ORDER BY 1")
	f.must(err)
	defer rows.Close()
	for rows.Next() {
		var c collation
		f.must(rows.Scan(&c.name, &c.charset))
		all = append(all, c)
	}
	f.must(rows.Err())
	return all
}

// collated are pieces of text that some collation takes for more, for less or for others
// than they are: cases, accents, contractions, expansions, what it passes over, what it
// reads in another order, and characters of two, three and four bytes.
var collated = strings.Fields(`a A b B c C ch cs ccs CH Ch d dz dzs ddz DZ e g gy ggy i I ı İ j k l ll LL lj ly lly n nj ñ Ñ o ö ő Ö ø s ss ß ẞ ſ sz ssz š t ty u ü ű v w y z zs ž
	á ä å å aa æ ae Æ œ þ ð ñ ~ - _ . , 0 1 9 ١ ² ½ ŉ ﬁ fi Ⅳ Ａ ａ є я Я ё Ё й и σ ς Σ ά α א ב ש שׁ ا ل لا ك ک ي ی ء ก ข เ แ โ เก แข กเ กา ไก็ ะ า ำ ๆ เ็
	あ ア ｱ ァ ぁ は ば ぱ ハ ー か が カ ガ ヽ ゞ 々 日 本 一 丁 丂 啊 阿 吖 한 글 ᄒ ᅡ ᆫ क ख क्ष ज्ञ त्र ত ৎ ஔ ක ꀀ 😀 🍣 𝒜 𝓪 𐐀 𐐨 𠀀 𪛖 ` + "\u0301 \u0300\u0301 \u0327 \u00ad \u200d \u200b \u034f \u00a0 \ufeff \uffff \uffff \U0010ffff \u0345 \u0e4d")

// stressOf are texts of a collation, as SQL.
func stressOf(c collation, count int) (all []string) {
	seed := uint64(crc32.ChecksumIEEE([]byte(c.name)))
	random := rand.New(rand.NewPCG(seed, 1))
	for _, text := range []string{"", " ", "a", "a ", "A", "a\t", "a\x01", "\x00", "ä", "a ä", "ß", "ss"} {
		all = append(all, fmt.Sprintf("CONVERT(CONVERT(X'%X' USING utf8mb4) USING %s)", text, c.charset))
	}
	for len(all) < count {
		var text []byte
		for range 1 + random.IntN(4) {
			text = append(text, collated[random.IntN(len(collated))]...)
		}
		if random.IntN(4) == 0 {
			text = append(text, "   "[:1+random.IntN(3)]...)
		}
		sql := fmt.Sprintf("CONVERT(CONVERT(X'%X' USING utf8mb4) USING %s)", text, c.charset)
		if random.IntN(2) == 0 { // bytes of the character set itself, if it takes them
			text = text[:0]
			for range 1 + random.IntN(4) {
				text = append(text, byte(random.IntN(256)))
				if random.IntN(2) == 0 {
					text[len(text)-1] |= 0x80
				}
			}
			sql = fmt.Sprintf("CONVERT(X'%X' USING %s)", text, c.charset)
		}
		all = append(all, sql)
	}
	return all
}

// collate makes two tables of one collation, with a key of a CHAR, and of a VARCHAR and an INT.
func (f *fixture) collate(c collation) (tables [2]string) {
	f.t.Helper()
	tables = [2]string{c.name + "_1", c.name + "_2"}
	column := " CHARACTER SET " + c.charset + " COLLATE " + c.name + " NOT NULL"
	conn, err := f.source.Conn(f.t.Context())
	f.must(err)
	defer conn.Close()
	var rows []string
	for i, text := range stressOf(c, 32) {
		rows = append(rows, fmt.Sprintf("(COALESCE(%s, ''), %d, %d)", text, i%7, i))
	}
	for _, statement := range []string{
		"SET SESSION sql_mode = ''",
		"CREATE TABLE " + tables[1] + " (k VARCHAR(30)" + column + ", m INT NOT NULL, number INT, PRIMARY KEY (k, m))",
		"INSERT IGNORE INTO " + tables[1] + " VALUES " + strings.Join(rows, ", "),
		"CREATE TABLE " + tables[0] + " (k CHAR(30)" + column + " PRIMARY KEY, number INT) IGNORE SELECT k, number FROM " + tables[1],
		"SET SESSION sql_mode = DEFAULT",
	} {
		if _, err := conn.ExecContext(f.t.Context(), statement); err != nil {
			f.t.Fatalf("%s: %.300s: %v", c.name, statement, err)
		}
	}
	return tables
}

// misloaded loads a source in small chunks, and says what is wrong with its list.
func (f *fixture) misloaded(cfg loader.Config, table string) (wrong string, refused bool) {
	cfg.Job = loader.Job{Table: table, List: table, Columns: []string{"number"}, ChunkSize: 4}
	_, err := loader.Load(f.t.Context(), cfg)
	if problem := (*loader.Error)(nil); errors.As(err, &problem) && problem.Problem == loader.NoKey {
		return "", true
	}
	if err != nil {
		return err.Error(), false
	}
	var want, got []int
	rows, err := f.db.QueryContext(f.t.Context(), "SELECT number FROM "+table+" ORDER BY number")
	if err != nil {
		return err.Error(), false
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return err.Error(), false
		}
		want = append(want, n)
	}
	for _, e := range f.redis.LRange(f.t.Context(), table, 0, -1).Val() {
		var row struct{ Number int }
		if err := json.Unmarshal([]byte(e), &row); err != nil {
			return err.Error(), false
		}
		got = append(got, row.Number)
	}
	slices.Sort(got)
	if len(want) < 8 || !slices.Equal(got, want) {
		return fmt.Sprintf("%d elements of %d rows: %v, want %v", len(got), len(want), got, want), false
	}
	return "", false
}

// In every collation that MySQL has, a table whose key is text is loaded exactly, or refused.
func TestKeysOfEveryCollationAreLoadedOrRefused(t *testing.T) {
	f := newFixture(t)
	all := f.collations()
	work := make(chan collation)
	var running sync.WaitGroup
	var mu sync.Mutex
	refused := map[string]int{}
	for worker := range 6 {
		running.Go(func() {
			cfg := f.config(worker, defaultStrategy)
			for c := range work {
				for _, table := range f.collate(c) {
					wrong, no := f.misloaded(cfg, table)
					mu.Lock()
					if no {
						refused[c.name]++
					} else if wrong != "" {
						t.Errorf("%s: %s", table, wrong)
					}
					mu.Unlock()
				}
			}
		})
	}
	for _, c := range all {
		work <- c
	}
	close(work)
	running.Wait()
	t.Logf("of %d collations refused, with so many tables: %v", len(all), refused)
}

// A key may be in every collation in which MySQL compares as it sorts, and in no other. Where
// no index has the rows in order it sorts by other weights than those by which it compares,
// and both are not alike in all collations. So many texts are sorted that each collation of
// which that is known shows it.
func TestNoKeyIsInACollationThatSortsAnotherWay(t *testing.T) {
	f := newFixture(t)
	byCharset := map[string][]string{}
	for _, c := range f.collations() {
		byCharset[c.charset] = append(byCharset[c.charset], c.name)
	}
	var running sync.WaitGroup
	limit := make(chan struct{}, 4)
	for charset, names := range byCharset {
		running.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			f.fillWithTexts(charset)
			for _, name := range names {
				query := fmt.Sprintf("SELECT COUNT(*), COALESCE(MIN(CONCAT(HEX(former), ' before ', HEX(k))), '') FROM (SELECT k COLLATE %[1]s AS k, LAG(k COLLATE %[1]s) OVER (ORDER BY k COLLATE %[1]s) AS former FROM all_%[2]s) AS sorted WHERE k < former", name, charset)
				var count int
				var example string
				if err := f.db.QueryRowContext(t.Context(), query).Scan(&count, &example); err != nil {
					t.Errorf("%s: %v", name, err)
				} else if loader.Disordered(name) != (count > 0) {
					t.Errorf("%s sorts %d texts before smaller ones, as %s; a key may be in it: %t", name, count, example, !loader.Disordered(name))
				}
			}
		})
	}
	running.Wait()
}

// outOfOrder are texts, as bytes of some character sets, that show it of one collation each.
var outOfOrder = []string{"2041D3CA", "2041BFC6", "1BFFFF", "20", "41B355", "61B362", "6181309737", "4153DEE520", "01", "0196D0", "0183E5", "00B51818", "0017930EF4"}

// fillWithTexts makes a table of texts of one character set: characters of one byte and of
// two, those that show it, and random ones.
func (f *fixture) fillWithTexts(charset string) {
	values := stressOf(collation{charset, charset}, 3000)
	for _, text := range outOfOrder {
		values = append(values, fmt.Sprintf("CONVERT(X'%s' USING %s)", text, charset))
	}
	for a := range 256 {
		values = append(values, fmt.Sprintf("CONVERT(X'%02X' USING %s)", a, charset))
		for b := 0x40; b < 0xff && a > 0x80; b += 7 {
			values = append(values, fmt.Sprintf("CONVERT(X'%02X%02X' USING %s)", a, b, charset))
		}
	}
	conn, err := f.source.Conn(f.t.Context())
	if err == nil {
		defer conn.Close()
		_, err = conn.ExecContext(f.t.Context(), "SET SESSION sql_mode = ''")
	}
	table := "all_" + charset
	if err == nil {
		_, err = conn.ExecContext(f.t.Context(), "CREATE TABLE "+table+" (k VARCHAR(40) CHARACTER SET "+charset+")")
	}
	for part := range slices.Chunk(values, 2000) {
		if err == nil {
			_, err = conn.ExecContext(f.t.Context(), "INSERT INTO "+table+" VALUES ("+strings.Join(part, "), (")+")")
		}
	}
	if err == nil { // a byte that is no text
		_, err = conn.ExecContext(f.t.Context(), "DELETE FROM "+table+" WHERE k IS NULL")
	}
	if err != nil {
		f.t.Errorf("%s: %.300v", charset, err)
	}
}
