package loader

import (
	"fmt"
	"strings"
)

// lossless are the character sets whose every character MySQL writes as utf8mb4 and
// back. In the others some bytes stand for none, and become ? or U+FFFD: two rows that
// differ would arrive as the same.
var lossless = map[string]bool{
	"utf8mb4": true, "utf8mb3": true, "utf8": true, "utf16": true, "utf16le": true, "utf32": true, "ucs2": true,
	"latin1": true, // all 256 bytes, as MySQL defines it
}

// charset is the character set of a column; "" if it has none.
func (c column) charset() string {
	name, _, _ := strings.Cut(c.collation, "_")
	return name
}

// guarded tells whether a value of the column may be lost when it becomes utf8mb4.
func (c column) guarded() bool {
	return c.collation != "" && !c.raw && !lossless[c.charset()]
}

// guard asks for a value whether it came whole: 1, or NULL for NULL.
func (c column) guard() string {
	name := quoteName(c.name)
	return fmt.Sprintf("HEX(%s) = HEX(CONVERT(CONVERT(%s USING utf8mb4) USING %s))", name, name, c.charset())
}

// lost says which value cannot be written as text, and what can be done.
func lost(job Job, key string, c column, why string) error {
	row := "a row"
	if key != "" {
		row = "row with the key " + key
	}
	return &Error{
		Problem: BadText,
		What:    fmt.Sprintf("table %s, %s: column %s %s", job.Table, row, c.name, why),
		Try:     fmt.Sprintf("--base64 %s, which loads the bytes; or mend the value", c.name),
	}
}
