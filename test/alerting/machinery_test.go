package alerting

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

func itoa(i int) string { return strconv.Itoa(i) }

// machineryScenarios are about failures of the exporter, Prometheus and Alertmanager.
var machineryScenarios = []scenario{
	{"The exporter is away for 25 minutes while a print is lost", counts{pages: 2, pagesResolved: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		f.exporters[0].restart(25)
		w.pass(60)
	}},
	{"The exporter is away for 25 minutes; a lost print is found in that time", counts{pages: 2, pagesResolved: 2}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		f.exporters[0].stop()
		w.pass(15)
		w.fail("", "a-1")
		w.pass(10)
		f.exporters[0].start()
		w.pass(60)
	}},
	{"The exporter is away for 15 hours, 8 minutes after a print was lost", counts{pages: 2}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(8)
		f.exporters[0].stop()
		w.pass(900)
	}},
	{"An exporter without storage restarts while a print is lost", counts{pages: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4, forgets: true}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		f.exporters[0].restart(2)
		w.pass(120)
	}},
	{"The exporter restarts in a loop and responds to one scrape of five", counts{pages: 1}, func(w *world) {
		f := w.add(fleet{printers: 4})
		w.pass(20)
		w.cycle(24, func() { f.exporters[0].stop() }, 4, func() { f.exporters[0].start() }, 1)
	}},
	{"A service outage while every fifth scrape fails", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		f := w.add(fleet{printers: 6})
		f.prom[0].drop = func(minute int) bool { return minute%5 == 0 }
		w.pass(5)
		w.print("a-1")
		w.pass(30)
		w.fail("503", "all")
		w.pass(60)
		w.fail("", "all")
		w.pass(60)
	}},
	{"A lost print while every third scrape fails", counts{pages: 1, tickets: 1}, func(w *world) {
		f := w.add(fleet{printers: 4})
		f.prom[0].drop = func(minute int) bool { return minute%3 == 0 && minute < 140 }
		w.pass(5)
		w.print("a-1")
		w.pass(30)
		w.fail("785", "a-1")
		w.pass(120)
	}},
	{"One of two jobs vanishes from discovery while a print of it is lost", counts{pages: 2}, func(w *world) {
		w.add(fleet{printers: 4, sites: []string{"a"}})
		g := w.add(fleet{printers: 4, sites: []string{"b"}, job: "octoeverywhere-b"})
		w.farms[0].prom[0].targets = append(w.farms[0].prom[0].targets, g.exporters[0].target)
		g.prom[0].down = true // one Prometheus scrapes both
		w.pass(5)
		w.print("b-1")
		w.pass(20)
		w.fail("785", "b-1")
		w.pass(30)
		g.exporters[0].target.gone = true
		w.pass(180)
	}},
	{"With one target per printer, one target fails for hours", counts{tickets: 1}, func(w *world) {
		f := w.add(fleet{printers: 4})
		e := f.exporters[0]
		e.target.keep = func(_, printer string) bool { return printer == "" }
		var gone http.Handler
		for i := range 4 {
			name := fmt.Sprintf("a-%d", i+1)
			t := &target{labels: append([]string{"printer", name, "site", "a"}, e.target.labels...), path: "/metrics", served: &e.handler, keep: func(_, p string) bool { return p == name }}
			f.prom[0].targets = append(f.prom[0].targets, t)
		}
		w.pass(30)
		f.prom[0].targets[1].served = &gone
		w.pass(240)
	}},
	{"Three healthy shards are scraped every 4 minutes", counts{}, func(w *world) {
		f := w.add(fleet{printers: 12, shards: 3})
		f.prom[0].interval = 4 * time.Minute
		w.pass(10)
		w.print("a-1", "a-2")
		w.pass(110)
	}},
	{"Three healthy shards are scraped every 5 minutes", counts{}, func(w *world) {
		f := w.add(fleet{printers: 12, shards: 3})
		f.prom[0].interval = 5 * time.Minute
		w.pass(10)
		w.print("a-1", "a-2")
		w.pass(110)
	}},
	{"One of three shards is down for half an hour", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		f := w.add(fleet{printers: 12, shards: 3})
		w.pass(20)
		w.print("all")
		w.pass(20)
		f.exporters[1].restart(30)
		w.pass(40)
	}},
	{"Three shards are restarted one by one", counts{}, func(w *world) {
		f := w.add(fleet{printers: 12, shards: 3})
		w.pass(20)
		w.print("a-1", "a-2")
		w.pass(10)
		for _, e := range f.exporters {
			e.restart(1)
			w.pass(1)
		}
		w.pass(60)
	}},
	{"A fourth shard is added, the others are restarted one by one", counts{}, func(w *world) {
		f := w.add(fleet{printers: 12, shards: 3})
		w.pass(30)
		f.addExporter(3, 4)
		for _, e := range f.exporters[:3] {
			e.stop()
			e.shard.Total = 4
			w.pass(1)
			e.start()
		}
		w.pass(60)
	}},
	{"Prometheus restarts for 3 minutes while a print is lost", counts{pages: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		f.prom[0].down = true
		w.pass(3)
		f.prom[0].start()
		w.pass(120)
	}},
	{"Prometheus and the exporter reboot for 7 minutes while a print is lost", counts{pages: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		f.prom[0].down = true
		f.exporters[0].restart(7)
		f.prom[0].start()
		w.pass(120)
	}},
	{"Prometheus restarts for 3 minutes in a service outage", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		f := w.add(fleet{printers: 6})
		w.pass(25)
		w.fail("503", "all")
		w.pass(20)
		f.prom[0].down = true
		w.pass(3)
		f.prom[0].start()
		w.pass(20)
		w.fail("", "all")
		w.pass(40)
	}},
	{"The exporter goes down in a service outage, and the outage ends before it is back", counts{pages: 2, pagesResolved: 2}, func(w *world) {
		f := w.add(fleet{printers: 6})
		w.pass(25)
		w.fail("503", "all")
		w.pass(20)
		f.exporters[0].stop()
		w.pass(30)
		w.fail("", "all")
		w.pass(10)
		f.exporters[0].start()
		w.pass(60)
	}},
	{"Certificates live for six days and are renewed after three", counts{}, func(w *world) {
		f := w.add(fleet{printers: 1})
		began := time.Now()
		var edge http.Handler = http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			age := time.Since(began) % (72 * time.Hour)
			fmt.Fprintf(out, "octoeverywhere_edge_certificate_expiry_timestamp_seconds{edge=\"octoeverywhere.com\"} %d\n", time.Now().Add(144*time.Hour-age).Unix())
		})
		f.prom[0].targets = []*target{{labels: []string{"job", "octoeverywhere", "instance", "x"}, path: "/metrics", served: &edge}}
		w.pass(4 * 1440)
	}},
	{"Two Prometheus servers and one Alertmanager: a print is lost", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		f := w.add(fleet{printers: 4})
		second := newPrometheus(w.T, f.prom[0].external, w.am.receive)
		copied := *f.exporters[0].target
		second.targets = []*target{&copied}
		f.prom = append(f.prom, second)
		w.pass(5)
		w.print("a-1")
		w.pass(20)
		w.fail("785", "a-1")
		w.pass(60)
		w.fail("", "a-1")
		w.pass(60)
	}},
	{"Alertmanager restarts while a print is lost", counts{pages: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		w.am.restart()
		w.pass(120)
	}},
	{"An invalid configuration is loaded", counts{tickets: 1}, func(w *world) {
		f := w.add(fleet{printers: 4})
		w.pass(20)
		f.configure(fleet{printers: 4, interval: time.Minute, sites: []string{"a"}, more: "nonsense: yes\n"})
		f.post("/-/reload")
		w.pass(90)
	}},
}
