package reporttest

import "strings"

// HostileTexts try to break out of where they are shown.
var HostileTexts = []string{
	`</script><script>alert(1)</script>`,
	`<!--<script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onclick='alert(1)`,
	`javascript:alert(1)`,
	`{{.Data}}`,
	"\u202egnp.exe \u2066 \u200f שלום",
	"\x1b[2J\x1b]0;owned\x07\r\x00 \xff\xfe",
	strings.Repeat("long", 75),
	strings.Repeat("wide世界", 60),
	"",
}
