package schedule

import "time"

// entry is a job and its next tick. It is small because the heap moves it.
type entry struct {
	tick time.Time // with a monotonic clock reading, which Less compares
	job  *Job
}

// queue is a container/heap, ordered by tick.
type queue []entry

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].tick.Before(q[j].tick) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push and Pop complete heap.Interface. They are never called: Set replaces the queue, and only heap.Init and heap.Fix are used.
func (q *queue) Push(any) { panic("schedule: Push is not used") }
func (q *queue) Pop() any { panic("schedule: Pop is not used") }
