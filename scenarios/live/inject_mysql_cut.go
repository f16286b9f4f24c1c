package live

import (
	"onceover/faults"
	"onceover/faults/proxy"
)

var _ = register(faults.MySQLCut, mysqlCut{})

type mysqlCut struct{ anywhere }

func (mysqlCut) Watches() string { return toMySQL }

func (mysqlCut) Inject(i *injection) { i.expect() }

func (mysqlCut) action(<-chan bool) proxy.Action { return proxy.CutWithin }

func (mysqlCut) Observe(i *injection, e proxy.Event) { halved(i, e) }
