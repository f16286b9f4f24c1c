package browsertest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// node is an element as screen readers get it. The library's own type refuses
// trees of browsers that are newer than it.
type node struct {
	ID         string   `json:"nodeId"`
	Parent     string   `json:"parentId"`
	Children   []string `json:"childIds"`
	Ignored    bool     `json:"ignored"`
	Role       text     `json:"role"`
	Name       text     `json:"name"`
	About      text     `json:"description"`
	Properties []struct {
		Name  string `json:"name"`
		Value struct {
			Value any `json:"value"`
		} `json:"value"`
	} `json:"properties"`
}

type text struct {
	Value any `json:"value"`
}

func (t text) String() string {
	if t.Value == nil {
		return ""
	}
	return fmt.Sprint(t.Value)
}

// tree is all that screen readers get of a page.
type tree map[string]node

// tree unfolds everything and returns what is there.
func (x *tab) tree(t testing.TB) tree {
	t.Helper()
	x.check(t, "unfolded")
	var found struct {
		Nodes []node `json:"nodes"`
	}
	x.do(t, chromedp.ActionFunc(func(ctx context.Context) error {
		return cdp.Execute(ctx, "Accessibility.getFullAXTree", nil, &found)
	}))
	all := tree{}
	for _, n := range found.Nodes {
		all[n.ID] = n
	}
	return all
}

// read visits everything in reading order.
func (all tree) read(visit func(node)) {
	var walk func(id string)
	walk = func(id string) {
		n := all[id]
		if !n.Ignored {
			visit(n)
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	for _, n := range all {
		if n.Parent == "" {
			walk(n.ID)
		}
	}
}

// under counts what an element holds of given roles.
func (all tree) under(n node, roles ...string) int {
	count := 0
	for _, id := range n.Children {
		child := all[id]
		if !child.Ignored && slices.Contains(roles, child.Role.String()) {
			count++
		}
		count += all.under(child, roles...)
	}
	return count
}

// folds tells whether a group is one that unfolds: its first control names it.
func (all tree) folds(n node) bool {
	for first := n; len(first.Children) > 0; {
		if first = all[first.Children[0]]; !first.Ignored {
			return first.Role.String() == "DisclosureTriangle"
		}
	}
	return false
}

func (n node) property(name string) any {
	for _, p := range n.Properties {
		if p.Name == name {
			return p.Value.Value
		}
	}
	return nil
}

var (
	landmarks = []string{"banner", "complementary", "contentinfo", "form", "main", "navigation", "region", "search"}
	controls  = []string{"button", "checkbox", "DisclosureTriangle", "link", "textbox", "combobox", "radio", "group", "Group"}
)

// faults are what would leave somebody who listens to the page without an answer.
func (all tree) faults() []string {
	var faults []string
	fault := func(n node, why string) { faults = append(faults, fmt.Sprintf("%s %q: %s", n.Role, n.Name, why)) }
	level, first := 0.0, 0
	places := map[string]int{}
	all.read(func(n node) {
		role, name := n.Role.String(), strings.TrimSpace(n.Name.String())
		switch {
		case role == "heading":
			now, _ := n.property("level").(float64)
			if now == 1 {
				first++
			}
			if now > level+1 {
				fault(n, fmt.Sprintf("level %v comes after level %v", now, level))
			}
			level = now
		case role == "image" || role == "img":
			if n.About.String() == "" {
				fault(n, "it says nothing to who cannot see it")
			}
		case role == "table":
			if all.under(n, "columnheader", "rowheader") == 0 {
				fault(n, "no cell is a header")
			}
		case slices.Contains(landmarks, role):
			places[role+" "+name]++
		}
		named := slices.Contains(controls, role) || slices.Contains([]string{"heading", "image", "img", "table", "region", "navigation", "RootWebArea"}, role)
		if named && name == "" && !all.folds(n) {
			fault(n, "it has no name")
		}
	})
	if first != 1 {
		faults = append(faults, fmt.Sprintf("%d headings of level 1", first))
	}
	if places["main "] != 1 {
		faults = append(faults, "the page has no main part")
	}
	for _, place := range slices.Sorted(maps.Keys(places)) {
		if places[place] > 1 {
			faults = append(faults, fmt.Sprintf("%d places are called %q", places[place], place))
		}
	}
	return faults
}

func TestThePageCanBeListenedTo(t *testing.T) {
	t.Parallel()
	x := newTab(t)
	eachSample(t, []mode{inLight, inJenkins}, func(t *testing.T, m mode, text string) {
		x.show(t, m, text)
		all := x.tree(t)
		if n := len(all); n < 20 {
			t.Errorf("only %d things are there to be heard", n)
		}
		for _, fault := range all.faults() {
			t.Error(fault)
		}
	})
}

func TestWhatCannotBeHeardIsNoticed(t *testing.T) {
	t.Parallel()
	x, good := newTab(t), small(t)
	for what, change := range map[string][2]string{
		"two headings of level 1":     {`<main>`, `<main><h1>Another</h1>`},
		"a level is left out":         {`<h2 id="method">Method</h2>`, `<h2 id="method">Method</h2><h4>Deep</h4>`},
		"a heading without words":     {`<h2 id="method">Method</h2>`, `<h2 id="method">Method</h2><h3>&nbsp;</h3>`},
		"a table without a name":      {`<main>`, `<main><table border="1"><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>`},
		"a table without headers":     {`<main>`, `<main><table border="1" aria-label="plain"><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>`},
		"a drawing without a name":    {`<main>`, `<main><svg role="img" width="20" height="20"><desc>about</desc><circle r="9"/></svg>`},
		"a drawing without a finding": {`<main>`, `<main><svg role="img" width="20" height="20"><title>name</title><circle r="9"/></svg>`},
		"a link without words":        {`<main>`, `<main><a href="#matrix"></a>`},
		"a box without a name":        {`role="group" aria-label`, `role="group" data-label`},
		"two places with one name":    {`</main>`, `<section aria-label="Method">again</section></main>`},
		"no main part":                {`main>`, `div>`},
		"a checkbox without a name":   {`<main>`, `<main><input type="checkbox">`},
		"a button without a name":     {`<main>`, `<main><button></button>`},
		"a page without a title":      {`<title>`, `<title></title><title>`},
	} {
		t.Run(what, func(t *testing.T) {
			x.show(t, inLight, spoil(t, good, change[0], change[1]))
			if len(x.tree(t).faults()) == 0 {
				t.Error("nothing noticed")
			}
		})
	}
}
