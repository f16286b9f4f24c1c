package live

import "onceover/faults/proxy"

type mysqlCut struct{ anywhere }

func (mysqlCut) Watches() string { return toMySQL }

func (mysqlCut) Inject(i *injection) { i.expect(nextRead(proxy.CutWithin)) }

func (mysqlCut) Observe(i *injection, e proxy.Event) { halved(i, e) }
