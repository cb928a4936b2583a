package schedule

import "time"

// entry is a job and its next tick.
type entry struct {
	tick time.Time // with a monotonic clock reading, by which it is compared
	job  *Job
}

// queue is a container/heap with the earliest tick first.
type queue []entry

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].tick.Before(q[j].tick) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push and Pop complete heap.Interface. They are not called: Set builds the whole queue, which then changes in place.
func (q *queue) Push(any) { panic("schedule: the queue does not grow") }
func (q *queue) Pop() any { panic("schedule: the queue does not shrink") }
