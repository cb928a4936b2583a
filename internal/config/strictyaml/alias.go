package strictyaml

import "go.yaml.in/yaml/v4"

// Aliases may repeat at most this many nodes: repeatedPerNode for each node that is written in the file, and minRepeated in any case.
// Thousands of printers that share settings stay far below. Without a bound, a file of 40 kB can mean billions of nodes.
const (
	repeatedPerNode = 10
	minRepeated     = 1000
)

// checkAliases records the alias by which all aliases together repeat too much, or that contains itself. It reports whether
// there is none. It takes time in proportion to the size of the file.
func (d *Document) checkAliases(root *yaml.Node) bool {
	c := aliasChecker{limit: max(minRepeated, repeatedPerNode*countNodes(root)), sizes: map[*yaml.Node]int{}}
	if c.walk(root); c.bad == nil {
		return true
	}
	if c.contained {
		d.Errorf(c.bad, "", "this alias contains itself; write the value out")
	} else {
		d.Errorf(c.bad, "", "from this alias on, aliases repeat more than %d times what is written in the file; write the values out, or move them to defaults", repeatedPerNode)
	}
	return false
}

// countNodes returns the number of nodes as they are written.
func countNodes(n *yaml.Node) int {
	count := 1
	for _, c := range n.Content {
		count += countNodes(c)
	}
	return count
}

// aliasChecker adds up what aliases repeat.
type aliasChecker struct {
	limit     int
	repeated  int                // so far, in the order of the file
	sizes     map[*yaml.Node]int // of nodes with an anchor, with aliases in them; 0 while it is computed
	bad       *yaml.Node         // the alias that is wrong; nil: none
	contained bool               // bad contains itself
}

// walk visits the aliases of the file in order, until one is wrong.
func (c *aliasChecker) walk(n *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		c.repeated += c.size(n)
		if c.repeated > c.limit && c.bad == nil {
			c.bad = n
		}
	}
	for _, inner := range n.Content {
		if c.bad != nil {
			return
		}
		c.walk(inner)
	}
}

// size returns the number of nodes that n means, at most one more than the limit.
func (c *aliasChecker) size(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		size, known := c.sizes[n.Alias]
		switch {
		case known && size == 0:
			c.bad, c.contained = n, true
			return 0
		case known:
			return size
		}
		c.sizes[n.Alias] = 0
		size = c.size(n.Alias)
		c.sizes[n.Alias] = size
		return size
	}
	size := 1
	for _, inner := range n.Content {
		if size = min(size+c.size(inner), c.limit+1); c.bad != nil || size > c.limit {
			break
		}
	}
	return size
}
