package loader

import (
	"database/sql"
	"testing"
)

// BenchmarkEncode encodes rows that are in memory already.
func BenchmarkEncode(b *testing.B) {
	for name, text := range map[string]string{"plain": "a payload of some forty characters, no more", "escaped": "a \"payload\" of\nsome forty characters, no more"} {
		b.Run(name, func(b *testing.B) {
			columns := []column{
				{name: "id", sqlType: "bigint"}, {name: "payload", sqlType: "varchar(60)"},
				{name: "price", sqlType: "decimal(10,2)"}, {name: "rate", sqlType: "double"}, {name: "at", sqlType: "datetime(6)"},
			}
			e := newEncoder(&source{columns: columns, key: key{columns[0]}})
			for i, v := range []string{"1234567890", text, "12345678.90", "0.30000000000000004", "2024-02-29 12:00:00.000001"} {
				e.values[i] = sql.RawBytes(v)
			}
			b.ReportAllocs()
			for b.Loop() {
				row, err := e.row()
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(row)))
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
