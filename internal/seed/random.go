package seed

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/voltrun/voltrun"
)

// random draws everything that the number of the data decides.
type random struct{ *rand.Rand }

func newRandom(number uint64) random { return random{rand.New(rand.NewPCG(number, 0x766f6c7472756e))} }

// chance is true in p of all cases.
func (r random) chance(p float64) bool { return r.Float64() < p }

// about is a duration that is log-normal around a median: mostly near it, sometimes several times as long.
func (r random) about(median time.Duration) time.Duration {
	return time.Duration(float64(median) * math.Exp(0.45*r.NormFloat64())).Truncate(time.Microsecond)
}

// between is a number from low to high.
func (r random) between(low, high int) int { return low + r.IntN(high-low+1) }

func pick[T any](r random, choices ...T) T { return choices[r.IntN(len(choices))] }

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// id is an id of a thing made at t.
func (r random) id(prefix string, t time.Time) string {
	id := []byte(voltrun.FirstID(prefix, t))
	for i := len(id) - 16; i < len(id); i++ { // a ULID ends in 80 random bits
		id[i] = crockford[r.IntN(len(crockford))]
	}
	return string(id)
}

// daytime draws a time between from and to by the habits of people: most before noon and in the afternoon, few at night.
func (r random) daytime(from, to time.Time) time.Time {
	for {
		t := from.Add(time.Duration(r.Float64() * float64(to.Sub(from)))).Truncate(time.Microsecond)
		hour := float64(t.Hour()) + float64(t.Minute())/60
		busy := 0.15 + 0.85*math.Max(0, math.Sin((hour-6)/15*math.Pi))
		if r.chance(busy) {
			return t
		}
	}
}
