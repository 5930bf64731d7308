package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"hash/crc32"
	"strings"
)

// An API key is "vr_", 43 random characters (256 bits) and 6 of checksum, so that
// scanners find leaked ones and a mistyped one costs no look in the database.
const (
	keyMark        = "vr_"
	keyRandom      = 43
	keyChecksum    = 6
	keyLength      = len(keyMark) + keyRandom + keyChecksum
	keyPrefixChars = len(keyMark) + 8 // shown in lists; the other 35 characters hold 208 bits

	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// NewAPIKey makes a key: its text, the prefix to recognise it by, and the hash to store.
func NewAPIKey() (key, prefix string, hash []byte) {
	body := keyMark + randomBase62(keyRandom)
	key = body + checksum(body)
	return key, key[:keyPrefixChars], HashAPIKey(key)
}

// HashAPIKey is how a key is stored and found. A plain hash will do, because the key is random.
func HashAPIKey(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

// looksLikeAPIKey reports whether bearer is meant to be an API key rather than a JWT.
func looksLikeAPIKey(bearer string) bool { return strings.HasPrefix(bearer, keyMark) }

// wellFormedAPIKey reports whether key could have come from NewAPIKey.
func wellFormedAPIKey(key string) bool {
	if len(key) != keyLength || !looksLikeAPIKey(key) {
		return false
	}
	return checksum(key[:keyLength-keyChecksum]) == key[keyLength-keyChecksum:]
}

// randomBase62 draws n characters, each with the same probability.
func randomBase62(n int) string {
	const fair = 256 / len(base62) * len(base62) // bytes from here on would favour the first characters
	out := make([]byte, 0, n)
	var random [64]byte
	for len(out) < n {
		rand.Read(random[:])
		for _, b := range random {
			if int(b) < fair && len(out) < n {
				out = append(out, base62[int(b)%len(base62)])
			}
		}
	}
	return string(out)
}

func checksum(body string) string {
	sum := crc32.ChecksumIEEE([]byte(body))
	var out [keyChecksum]byte
	for i := keyChecksum - 1; i >= 0; i-- {
		out[i] = base62[sum%uint32(len(base62))]
		sum /= uint32(len(base62))
	}
	return string(out[:])
}
