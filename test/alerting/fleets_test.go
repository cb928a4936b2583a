package alerting

import "time"

// fleetScenarios are about causes that several printers share, and single printers without a print.
var fleetScenarios = []scenario{
	{"A healthy fleet for ten hours", counts{}, func(w *world) {
		w.add(fleet{printers: 6})
		w.pass(10)
		w.print("a-1", "a-2")
		w.pass(590)
	}},
	{"503 for 30 % of 60 printers for 40 minutes, some of them printing", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 20, sites: []string{"a", "b", "c"}}, "a-1", "a-2", "b-1")
		w.fail("503", "a-1", "a-2", "a-3", "a-4", "a-5", "a-6", "a-7", "b-1", "b-2", "b-3", "b-4", "b-5", "b-6", "c-1", "c-2", "c-3", "c-4", "c-5")
		w.pass(40)
		w.fail("", "all")
		w.pass(60)
	}},
	{"The service is down for 2 of every 10 minutes, for 3 hours", counts{tickets: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 6}, "a-1", "a-2")
		w.cycle(18, func() { w.fail("503", "all") }, 2, func() { w.fail("", "all") }, 8)
	}},
	{"The plugin of the only printer hangs, the edge is fine", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 1})
		w.pass(20)
		w.fail(hangs, "a-1")
		w.pass(120)
	}},
	{"The service is down for a fleet of one", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.add(fleet{printers: 1})
		w.pass(20)
		w.fail("503", "a-1")
		w.pass(40)
		w.fail("", "a-1")
		w.pass(60)
	}},
	{"787, 789 and 785 rotate every 4 minutes for 2 hours", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(20)
		for range 10 {
			for _, f := range []string{"787", "789", "785"} {
				w.fail(f, "a-1")
				w.pass(4)
			}
		}
	}},
	{"A smart plug switches idle printers off on two nights", counts{chats: 2}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(20)
		w.cycle(2, func() { w.fail("785", "a-1", "a-2") }, 480, func() { w.fail("", "all") }, 600)
	}},
	{"A fleet with computers on the same switch is switched off on two nights, and prints by day", counts{chats: 2}, func(w *world) {
		w.add(fleet{printers: 4, shares: true})
		w.pass(20)
		w.cycle(2, func() { w.fail("601", "all") }, 480, func() {
			w.fail("", "all")
			w.print("all")
			w.pass(200)
			w.each(func(p *printer) { p.state = "complete" }, "all")
		}, 300)
	}},
	{"One site of three loses its internet connection, with prints", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4, sites: []string{"a", "b", "c"}}, "b-1", "b-2", "a-1")
		w.fail("601", "b")
		w.pass(60)
		w.fail("", "b")
		w.pass(60)
	}},
	{"One site of three loses its internet connection, without prints", counts{tickets: 1, ticketsResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4, sites: []string{"a", "b", "c"}}, "a-1")
		w.fail("601", "b")
		w.pass(60)
		w.fail("", "b")
		w.pass(60)
	}},
	{"Most plugins of a site are off with prints; hours later a printing printer of another site loses its plugin", counts{pages: 2}, func(w *world) {
		w.addPrinting(fleet{printers: 4, sites: []string{"a", "b"}}, "a", "b-1")
		w.fail("601", "a")
		w.pass(240)
		w.fail("601", "b-1")
		w.pass(60)
	}},
	{"Probes every 10 minutes, printing, and a restart of the service that takes 31 seconds", counts{}, func(w *world) {
		w.add(fleet{printers: 6, interval: 10 * time.Minute})
		w.pass(25)
		w.print("all")
		w.pass(40)
		for range 20 {
			w.within(31, func() { w.fail("601", "all") }, func() { w.fail("", "all") })
			w.pass(17)
		}
	}},
	{"The service restarts every hour, during prints", counts{}, func(w *world) {
		w.add(fleet{printers: 6})
		w.pass(5)
		w.print("all")
		w.pass(25)
		for range 6 {
			w.within(31, func() { w.fail("503", "all") }, func() { w.fail("601", "all") })
			w.pass(1)
			w.within(5, func() { w.fail("601", "all") }, func() { w.fail("", "all") })
			w.pass(59)
		}
	}},
	{"Site b, half of the fleet, is silenced and switched off for maintenance, with prints", counts{}, func(w *world) {
		w.addPrinting(fleet{printers: 4, sites: []string{"a", "b"}}, "b-1", "a-1")
		w.am.silence("site", "b", 4*time.Hour)
		w.fail("601", "b-1", "b-2")
		w.fail("785", "b-3", "b-4")
		w.pass(180)
	}},
	{"A silence on site b does not hide a lost print of site a", counts{pages: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4, sites: []string{"a", "b"}}, "all")
		w.am.silence("site", "b", 4*time.Hour)
		w.fail("601", "b")
		w.fail("785", "a-1")
		w.pass(180)
	}},
	{"A network outage of one farm, and a lost print of another with the same job and Alertmanager", counts{pages: 2}, func(w *world) {
		w.add(fleet{printers: 4, sites: []string{"a"}})
		w.addPrinting(fleet{printers: 4, sites: []string{"b"}}, "all")
		w.fail(refused, "a")
		w.pass(10)
		w.fail("785", "b-1")
		w.pass(120)
	}},
	{"Network outages of two farms with different clusters", counts{pages: 2, pagesResolved: 2}, func(w *world) {
		w.add(fleet{printers: 4, cluster: "east"})
		w.add(fleet{printers: 4, cluster: "west"})
		w.pass(20)
		w.fail(refused, "all")
		w.pass(30)
		w.fail("", "all")
		w.pass(40)
	}},
	{"Every connection refuses its credentials for 3 hours, with prints, then it passes", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 5}, "a-1", "a-2", "a-3")
		w.fail("606", "all")
		w.pass(180)
		w.fail("", "all")
		w.pass(120)
	}},
	{"Forty printers are added with a wrong token", counts{tickets: 1}, func(w *world) {
		f := w.add(fleet{printers: 30})
		w.pass(20)
		f.configure(fleet{printers: 70, interval: time.Minute, sites: []string{"a"}})
		w.relay.mu.Lock()
		for _, p := range w.relay.printers {
			if p.job == 0 && p.began.IsZero() {
				p.began = time.Now()
			}
		}
		w.relay.mu.Unlock()
		for i := 31; i <= 70; i++ {
			w.fail("606", "a-"+itoa(i))
		}
		f.post("/-/reload")
		w.pass(120)
	}},
	{"One connection is revoked", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(20)
		w.fail("604", "a-1")
		w.pass(180)
	}},
	{"One plugin hangs during a print, others respond", counts{tickets: 1, ticketsResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 6}, "all")
		w.fail(hangs, "a-1")
		w.pass(90)
		w.fail("", "a-1")
		w.pass(90)
	}},
	{"The service is down at night, while most printers are switched off", counts{pages: 1, pagesResolved: 1, chats: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 6}, "a-1")
		w.fail("785", "a-2", "a-3", "a-4", "a-5", "a-6")
		w.pass(120)
		w.fail("503", "all")
		w.pass(30)
		w.fail("785", "a-2", "a-3", "a-4", "a-5", "a-6")
		w.fail("", "a-1")
		w.pass(120)
	}},
	{"A printer has failed for an hour when the service is down for 12 minutes", counts{pages: 1, tickets: 1, pagesResolved: 1}, func(w *world) {
		w.add(fleet{printers: 6})
		w.pass(20)
		w.fail("789", "a-1")
		w.pass(60)
		w.fail("503", "all")
		w.pass(12)
		w.fail("", "all")
		w.fail("789", "a-1")
		w.pass(60)
	}},
	{"The service responds differently in an outage of 40 minutes: 503, 600, no response", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 6}, "a-1")
		for range 4 {
			for _, f := range []string{"503", "600", hangs} {
				w.fail(f, "all")
				w.pass(3)
			}
		}
		w.fail("", "all")
		w.pass(60)
	}},
	{"A plugin flaps: 3 minutes off and 3 on while idle", counts{chats: 1}, func(w *world) {
		w.add(fleet{printers: 6})
		w.pass(20)
		w.cycle(30, func() { w.fail("601", "a-1") }, 3, func() { w.fail("", "a-1") }, 3)
	}},
}
