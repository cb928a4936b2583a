package alerting

import (
	"net/http"
	"time"
)

// startScenarios are about starts, targets, shards and clocks.
var startScenarios = []scenario{
	{"Prometheus and the exporter start together, and the first three scrapes fail", counts{}, func(w *world) {
		f := w.add(fleet{printers: 4})
		f.prom[0].drop = func(minute int) bool { return minute < 3 }
		w.pass(60)
	}},
	{"The exporter never starts", counts{pages: 1}, func(w *world) {
		f := w.add(fleet{printers: 4})
		f.prom[0].drop = func(int) bool { return true }
		w.pass(60)
	}},
	{"Eight shards start one after the other", counts{}, func(w *world) {
		f := w.add(fleet{printers: 10})
		f.exporters[0].stop()
		f.exporters[0].shard.Total = 8
		f.exporters[0].start()
		for i := 1; i < 8; i++ {
			w.pass(1)
			f.addExporter(i, 8)
		}
		w.pass(60)
	}},
	{"Scraped every 5 minutes: a lost print is found alive", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		f := w.add(fleet{printers: 4})
		f.prom[0].interval = 5 * time.Minute
		w.pass(15)
		w.print("a-1")
		w.pass(20)
		w.fail("785", "a-1")
		w.pass(40)
		w.fail("", "a-1")
		w.pass(60)
	}},
	{"Scraped every 5 minutes: the exporter restarts during a print", counts{}, func(w *world) {
		f := w.add(fleet{printers: 4})
		f.prom[0].interval = 5 * time.Minute
		w.pass(15)
		w.print("a-1")
		w.pass(22)
		f.exporters[0].restart(4)
		w.pass(120)
	}},
	{"One target per printer: a print is lost, then the target fails for hours", counts{pages: 1, tickets: 1}, func(w *world) {
		f := w.add(fleet{printers: 4})
		targets := f.split("a", 4)
		var gone http.Handler
		w.pass(5)
		w.print("a-1")
		w.pass(20)
		w.fail("785", "a-1")
		w.pass(30)
		targets[0].served = &gone
		w.pass(180)
	}},
	{"One target per printer: a print is lost, then the printer is removed", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		f := w.add(fleet{printers: 4})
		targets := f.split("a", 4)
		w.pass(5)
		w.print("a-4")
		w.pass(20)
		w.fail("785", "a-4")
		w.pass(30)
		f.reload(fleet{printers: 3})
		targets[3].gone = true
		w.pass(60)
	}},
	{"One of three shards loses its network during prints", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 18, shards: 3}, "all")
		// the printers of shard 1
		var mine []string
		for i := 1; i <= 18; i++ {
			n := "a-" + itoa(i)
			if f.exporters[1].shard.Owns(n) {
				mine = append(mine, n)
			}
		}
		w.fail(refused, mine...)
		w.pass(60)
		w.fail("", mine...)
		w.pass(60)
	}},
	{"Prometheus is away for 30 minutes while a print is lost", counts{pages: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		f.prom[0].down = true
		w.pass(30)
		f.prom[0].start()
		w.pass(120)
	}},
	{"The clock of the exporter is 10 minutes ahead", counts{tickets: 1}, func(w *world) {
		f := w.add(fleet{printers: 4})
		f.prom[0].skew = -10 * time.Minute
		w.pass(5)
		w.print("a-1")
		w.pass(60)
	}},
	{"Two exporters probe the same printers, and a print is lost", counts{pages: 1, tickets: 1}, func(w *world) {
		f := w.add(fleet{printers: 4})
		f.addExporter(1, 2)
		e := f.exporters[1]
		e.stop()
		e.shard.Index, e.shard.Total = 0, 0
		e.start()
		w.pass(5)
		w.print("a-1")
		w.pass(60)
		w.fail("785", "a-1")
		w.pass(60)
	}},
	{"The exporter moves to another address while a print is lost, which is found later", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		e := f.exporters[0]
		e.stop()
		e.target.gone = true
		w.pass(2)
		e.start()
		f.prom[0].targets = append(f.prom[0].targets, &target{labels: []string{"job", f.job, "instance", "other:10059"}, path: "/metrics", served: &e.handler})
		w.pass(60)
		w.fail("", "a-1")
		w.pass(60)
	}},
}
