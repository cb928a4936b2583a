package probe

// turn holds one token: whoever has it may ask.
type turn chan struct{}

func newTurn() turn {
	t := make(turn, 1)
	t.pass()
	return t
}

func (t turn) pass() { t <- struct{}{} }

func (t turn) taken() bool { return len(t) == 0 }

// place is where turns are taken: at an address, not at a name. A reload may give the address another name, or take it out
// and bring it back, while a question is still under way there.
type place struct {
	address Secret
	name    string // of the second and any further printer at one address; they do not wait for each other
}

// turn gives the turn of a target's place, the one that is in use already where there is one.
func (f *Fleet) turn(next map[place]turn, t Target) turn {
	at := place{address: t.Address.Secret}
	if _, twice := next[at]; twice {
		at.name = t.Name
	}
	if _, ok := f.turns[at]; ok {
		next[at] = f.turns[at]
	} else {
		next[at] = newTurn()
	}
	return next[at]
}
