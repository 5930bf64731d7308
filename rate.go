package voltrun

import "time"

// Rate is a budget of calls: Burst at once, refilled evenly over Per.
type Rate struct {
	Burst int
	Per   time.Duration // the time in which an empty budget is full again
}

// Decision is a rate limiter's answer to one call.
type Decision struct {
	Allowed    bool
	Limit      int
	Remaining  int
	Reset      time.Duration // until the budget is full again
	RetryAfter time.Duration // until the next call is allowed; zero when allowed
}
