package alerting

import (
	"os"
	"time"
)

// overlapScenarios are about failures that overlap or change.
var overlapScenarios = []scenario{
	{"A print is lost, then the printer is disabled in the configuration", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		f.reload(fleet{printers: 4, disabled: 1})
		w.pass(60)
	}},
	{"A service outage ends for 8 of 10 printers", counts{pages: 1, pagesResolved: 1, tickets: 1}, func(w *world) {
		w.add(fleet{printers: 10})
		w.pass(20)
		w.print("a-1")
		w.pass(10)
		w.fail("503", "all")
		w.pass(40)
		w.fail("", "a-1", "a-2", "a-3", "a-4", "a-5", "a-6", "a-7", "a-8")
		w.pass(240)
	}},
	{"A network outage of an hour, after which a plugin is off", counts{pages: 1, pagesResolved: 1, tickets: 1}, func(w *world) {
		w.add(fleet{printers: 6})
		w.pass(20)
		w.print("a-1")
		w.pass(10)
		w.fail(refused, "all")
		w.pass(60)
		w.fail("", "all")
		w.fail("601", "a-2")
		w.pass(120)
	}},
	{"The plugins of a site are off, without prints, before, during and after a network outage", counts{pages: 1, pagesResolved: 1, tickets: 1}, func(w *world) {
		w.add(fleet{printers: 4, sites: []string{"a", "b"}})
		w.pass(20)
		w.fail("601", "a")
		w.pass(60)
		w.fail(refused, "all")
		w.pass(40)
		w.fail("", "all")
		w.fail("601", "a")
		w.pass(120)
	}},
	{"A print is lost, then the network for an hour, then the print is found", counts{pages: 2, pagesResolved: 2}, func(w *world) {
		w.addPrinting(fleet{printers: 6}, "a-1")
		w.fail("785", "a-1")
		w.pass(40)
		w.fail(refused, "all")
		w.pass(60)
		w.fail("", "all")
		w.pass(60)
	}},
	{"The exporter is away for 30 hours while a print is lost", counts{pages: 2}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		f.exporters[0].stop()
		w.pass(1800)
	}},
	{"The storage is deleted while a print is lost", counts{pages: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		f.exporters[0].stop()
		if err := os.RemoveAll(f.exporters[0].storage); err != nil {
			w.Fatal(err)
		}
		w.pass(2)
		f.exporters[0].start()
		w.pass(120)
	}},
	{"The download limit of the account is reached during a print", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("607", "all")
		w.pass(60)
		w.fail("", "all")
		w.pass(60)
	}},
	{"All connections are refused, without prints", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(25)
		w.fail("403", "all")
		w.pass(180)
	}},
	{"The service limits the rate of all requests", counts{pages: 1}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(25)
		w.fail("429", "all")
		w.pass(180)
	}},
	{"Filament runs out, then the network for 40 minutes", counts{pages: 1, tickets: 1, pagesResolved: 1}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(5)
		w.each(func(p *printer) { p.platform = "01.08-BambuPrinters.P1S" }, "a-1")
		w.print("a-1")
		w.pass(20)
		w.each(func(p *printer) { p.state, p.subState = "error", "Filament Runout" }, "a-1")
		w.pass(60)
		w.fail(refused, "all")
		w.pass(40)
		w.fail("", "all")
		w.pass(120)
	}},
	{"Filament runs out, then the plugin of that printer hangs for 40 minutes", counts{tickets: 2, ticketsResolved: 1}, func(w *world) {
		w.add(fleet{printers: 6})
		w.pass(5)
		w.each(func(p *printer) { p.platform = "01.08-BambuPrinters.P1S" }, "a-1")
		w.print("a-1")
		w.pass(20)
		w.each(func(p *printer) { p.state, p.subState = "error", "Filament Runout" }, "a-1")
		w.pass(40)
		w.fail(hangs, "a-1")
		w.pass(40)
		w.fail("", "a-1")
		w.pass(90)
	}},
	{"A print makes no progress for 3 hours, then it is lost", counts{pages: 1, tickets: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.each(func(p *printer) { p.stuckAt = 40 }, "a-1")
		w.pass(180)
		w.fail("785", "a-1")
		w.pass(60)
	}},
	{"A lost print is found alive, and the next print fails", counts{pages: 2, pagesResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		w.fail("", "a-1")
		w.pass(60)
		w.each(func(p *printer) { p.state = "complete" }, "a-1")
		w.pass(40)
		w.print("a-1")
		w.pass(60)
		w.each(func(p *printer) { p.state = "error" }, "a-1")
		w.pass(30)
	}},
	{"A print is lost, then the service is down while eight others print", counts{pages: 2, pagesResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 10}, "all")
		w.fail("785", "a-1")
		w.pass(20)
		w.fail("503", "all")
		w.pass(30)
		w.fail("", "all")
		w.fail("785", "a-1")
		w.pass(40)
	}},
	{"A printer is switched off, then its plugin is off for half an hour", counts{tickets: 1, chats: 1}, func(w *world) {
		w.add(fleet{printers: 6})
		w.pass(20)
		w.fail("785", "a-1")
		w.pass(60)
		w.fail("601", "a-1")
		w.pass(30)
		w.fail("785", "a-1")
		w.pass(60)
	}},
	{"A print completes during a service outage", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(5)
		w.print("a-1")
		w.each(func(p *printer) { p.lasts = 40 * time.Minute }, "a-1")
		w.pass(20)
		w.fail("503", "all")
		w.pass(40)
		w.each(func(p *printer) { p.state = "complete" }, "a-1")
		w.fail("", "all")
		w.pass(90)
	}},
	{"A print completes while its plugin is off", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(5)
		w.print("a-1")
		w.each(func(p *printer) { p.lasts = 40 * time.Minute }, "a-1")
		w.pass(20)
		w.fail("601", "a-1")
		w.pass(40)
		w.each(func(p *printer) { p.state = "complete" }, "a-1")
		w.fail("", "all")
		w.pass(90)
	}},
	{"Two prints of a printer are lost one after the other, and acknowledged", counts{pages: 2, pagesResolved: 2}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.gone("a-1")
		w.pass(30)
		f.post("/-/acknowledge?target=a-1")
		w.pass(5)
		w.fail("", "a-1")
		w.pass(30)
		w.print("a-1")
		w.pass(30)
		w.fail("785", "a-1")
		w.pass(30)
		f.post("/-/acknowledge?target=a-1")
		w.pass(5)
		w.fail("", "a-1")
		w.pass(30)
	}},
	{"An exporter without storage restarts in a service outage, with prints", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 6, forgets: true}, "all")
		w.fail("503", "all")
		w.pass(20)
		f.exporters[0].restart(2)
		w.pass(20)
		w.fail("", "all")
		w.pass(60)
	}},
	{"Two of four sites lose their internet connection at once, with prints", counts{pages: 2, pagesResolved: 2}, func(w *world) {
		w.addPrinting(fleet{printers: 4, sites: []string{"a", "b", "c", "d"}}, "all")
		w.fail("601", "a", "b")
		w.pass(60)
		w.fail("", "all")
		w.pass(60)
	}},
}
