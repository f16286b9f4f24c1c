package redisd

import (
	"testing"
	"os"
	"strconv"
	"fmt"

	"pgregory.net/rapid"
)

func TestSurvey(t *testing.T) {
	addr := realAddress(t)
	n, _ := strconv.Atoi(os.Getenv("SURVEY"))
	seen := map[string]int{}
	total := 0
	for i := 0; i < n; i++ {
		p, err := newPair(addr)
		if err != nil { t.Fatal(err) }
		steps := rapid.SliceOfN(genStep, 200, 200).Example(i+int(os.Getpid())*1000)
		for j, s := range steps {
			total++
			if err := p.run(s); err != nil {
				k := "sleep"
				if len(s.args) > 0 { k = s.args[0]; if k == "CLIENT" && len(s.args)>1 {k+=s.args[1]} }
				if seen[k]++; seen[k] < 4 {
					msg := err.Error()
					if len(msg) > 1500 { msg = msg[:1500] }
					fmt.Println(i, j, msg)
					if k=="EXEC" { for q:=max(0,j-25); q<j; q++ { if steps[q].conn==s.conn { fmt.Println("     ", steps[q]) } } }
				}
				break
			}
		}
		p.close()
	}
	fmt.Println(total, seen)
}
