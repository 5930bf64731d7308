package voltrun

import (
	"crypto/rand"
	"encoding/binary"
	"strings"
	"sync"
	"time"
)

// Prefixes of ids: an id says what it names.
const (
	PrefixUser      = "usr"
	PrefixSession   = "ses"
	PrefixFunction  = "fn"
	PrefixExecution = "exe"
	PrefixKey       = "key"
	PrefixRequest   = "req"
	PrefixMachine   = "vm"
	PrefixNode      = "node"
)

// crockford is the base-32 alphabet of ULIDs (https://github.com/ulid/spec).
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// idLength is the length of the ULID behind the prefix.
const idLength = 26

// ids makes ULIDs that are strictly increasing within a process, so that
// sorting by id is sorting by creation, also within one millisecond.
var ids struct {
	sync.Mutex
	last [16]byte
}

// NewID returns a new id such as "fn_01HZX3…": a prefix and a ULID.
func NewID(prefix string) string { return newIDAt(prefix, time.Now()) }

func newIDAt(prefix string, now time.Time) string {
	var id [16]byte
	if _, err := rand.Read(id[6:]); err != nil {
		panic("voltrun: the system's random source failed: " + err.Error())
	}
	ms := uint64(now.UnixMilli())
	ids.Lock()
	binary.BigEndian.PutUint16(id[0:2], uint16(ms>>32))
	binary.BigEndian.PutUint32(id[2:6], uint32(ms))
	if string(id[:6]) <= string(ids.last[:6]) {
		copy(id[:], ids.last[:])
		for i := 15; i >= 0; i-- {
			id[i]++
			if id[i] != 0 {
				break
			}
		}
	}
	ids.last = id
	ids.Unlock()
	return prefix + "_" + encodeULID(id)
}

// encodeULID writes 128 bits as 26 characters of 5 bits, most significant first.
func encodeULID(id [16]byte) string {
	hi, lo := binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])
	var out [idLength]byte
	for i := idLength - 1; i >= 0; i-- {
		out[i] = crockford[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}

// IDBytes returns the 16 bytes behind an id that NewID made; false: it is none.
func IDBytes(prefix, id string) (bytes [16]byte, ok bool) {
	if !ValidID(prefix, id) {
		return bytes, false
	}
	var hi, lo uint64
	for i := len(prefix) + 1; i < len(id); i++ {
		hi, lo = hi<<5|lo>>59, lo<<5|uint64(strings.IndexByte(crockford, id[i]))
	}
	binary.BigEndian.PutUint64(bytes[:8], hi)
	binary.BigEndian.PutUint64(bytes[8:], lo)
	return bytes, IDOf(prefix, bytes) == id // 26 characters could say more than 16 bytes
}

// IDOf returns the id with these bytes: the inverse of IDBytes.
func IDOf(prefix string, bytes [16]byte) string { return prefix + "_" + encodeULID(bytes) }

// ValidID reports whether id has the given prefix and the shape that NewID gives.
func ValidID(prefix, id string) bool {
	rest, ok := strings.CutPrefix(id, prefix+"_")
	if !ok || len(rest) != idLength {
		return false
	}
	for i := 0; i < len(rest); i++ {
		if strings.IndexByte(crockford, rest[i]) < 0 {
			return false
		}
	}
	return true
}

// FirstID is the lowest id with this prefix that can be made at t: a bound for searches by time.
func FirstID(prefix string, t time.Time) string {
	var id [16]byte
	ms := uint64(t.UnixMilli())
	binary.BigEndian.PutUint16(id[0:2], uint16(ms>>32))
	binary.BigEndian.PutUint32(id[2:6], uint32(ms))
	return prefix + "_" + encodeULID(id)
}
