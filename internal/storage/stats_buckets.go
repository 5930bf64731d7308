package storage

import (
	"math"
	"slices"
	"time"

	"github.com/voltrun/voltrun"
)

// statsBuckets is the number of buckets that handlers' times fall into. Bucket 0 is of executions of which no handler ran.
const statsBuckets = 94

// bucketEnds holds the longest time of each bucket, in microseconds: 50 µs times 1.2 to the power of b - 1, which passes the
// longest timeout in the last one. Stored rows depend on it, and migration 00002 says the same.
var bucketEnds = func() (ends [statsBuckets]int64) {
	for b := 1; b < statsBuckets; b++ {
		ends[b] = int64(50 * math.Pow(1.2, float64(b-1)))
	}
	return ends
}()

// bucketOf is the bucket of a time in microseconds. What is longer than the last one goes there too.
func bucketOf(us int64) int64 {
	if us <= 0 {
		return 0
	}
	b, _ := slices.BinarySearch(bucketEnds[:], us)
	return int64(min(b, statsBuckets-1))
}

// tally adds up rows of the roll-up.
type tally struct {
	voltrun.Tally
	buckets [statsBuckets]int64
	maximum int64 // microseconds
}

func (t *tally) add(r statsRow) {
	t.Executions += r.executions
	switch voltrun.Status(r.status) {
	case voltrun.StatusSuccess:
		t.Success += r.executions
	case voltrun.StatusFailed:
		t.Failed += r.executions
	case voltrun.StatusTimeout:
		t.Timeout += r.executions
	case voltrun.StatusCanceled:
		t.Canceled += r.executions
	}
	t.Cold += r.cold * r.executions
	t.buckets[min(max(r.bucket, 0), statsBuckets-1)] += r.executions
	t.maximum = max(t.maximum, r.maxDuration)
	t.MemoryPeakBytes = max(t.MemoryPeakBytes, r.memoryPeak)
}

// sum is the tally with its percentiles.
func (t *tally) sum() voltrun.Tally {
	var ran int64
	for _, n := range t.buckets[1:] {
		ran += n
	}
	out := t.Tally
	if ran > 0 {
		out.Handler = &voltrun.Latency{P50: t.percentile(50, ran), P95: t.percentile(95, ran), P99: t.percentile(99, ran),
			Max: time.Duration(t.maximum) * time.Microsecond}
	}
	return out
}

// percentile estimates the time that p of 100 of the handlers that ran did not exceed. It is in the bucket of the true one.
func (t *tally) percentile(p, ran int64) time.Duration {
	rank := (p*ran + 99) / 100 // counts from 1
	for b := 1; b < statsBuckets; b++ {
		n := t.buckets[b]
		if rank > n {
			rank -= n
			continue
		}
		start, end := bucketEnds[b-1], min(bucketEnds[b], t.maximum)
		if b == statsBuckets-1 {
			end = t.maximum
		}
		return time.Duration(start+int64(math.Ceil(float64(end-start)*float64(rank)/float64(n)))) * time.Microsecond
	}
	return time.Duration(t.maximum) * time.Microsecond
}
