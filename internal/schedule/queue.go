package schedule

import "time"

// entry is a job and when it is due. It is small, because the heap moves it about.
type entry struct {
	moment time.Time // with a monotonic reading, by which it is compared
	job    *Job
}

// queue is a container/heap with the earliest moment in front.
type queue []entry

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].moment.Before(q[j].moment) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push and Pop complete heap.Interface. The queue is built whole by Set and changes in place: neither is called.
func (q *queue) Push(any) { panic("schedule: the queue does not grow") }
func (q *queue) Pop() any { panic("schedule: the queue does not shrink") }
