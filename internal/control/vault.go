package control

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"github.com/voltrun/voltrun"
)

// A sealed value is: format (1 byte), id of the key (4 bytes), nonce (12), ciphertext, tag (16).
const (
	sealedFormat   = 1
	vaultKeyIDSize = 4
	sealedOverhead = 1 + vaultKeyIDSize + 12 + 16
)

// Vault encrypts environment variables and secrets at rest with AES-256-GCM, under a key that
// is not in the database. Each value is bound to its function and name, so that whoever can
// write to the database still cannot move a secret to a function of their own.
type Vault struct {
	aead   cipher.AEAD
	header []byte // format and id of the key
}

// NewVault makes a vault from a key of at least 32 random bytes, such as auth.LoadOrCreateKey gives.
func NewVault(key []byte) (*Vault, error) {
	if len(key) < 32 {
		return nil, fmt.Errorf("the vault key has %d bytes; it must have at least 32", len(key))
	}
	derived, err := hkdf.Key(sha256.New, key, nil, "voltrun vault", 32)
	if err != nil {
		return nil, err
	}
	id, err := hkdf.Key(sha256.New, key, nil, "voltrun vault key id", vaultKeyIDSize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Vault{aead: aead, header: append([]byte{sealedFormat}, id...)}, nil
}

// Seal encrypts the value called name of a function.
func (v *Vault) Seal(functionID, name, value string) []byte {
	return v.aead.Seal(bytes.Clone(v.header), nil, []byte(value), binding(functionID, name))
}

// Open decrypts what Seal made for the same function and name. The error is CodeInternal and says whether
// the key is another one or the value was altered, but never what the value is.
func (v *Vault) Open(functionID, name string, sealed []byte) (string, error) {
	if len(sealed) < len(v.header) || sealed[0] != sealedFormat {
		return "", voltrun.Errorf(voltrun.CodeInternal, "%s of function %s is not stored in a format this server knows", name, functionID)
	}
	header, body := sealed[:len(v.header)], sealed[len(v.header):]
	if !bytes.Equal(header, v.header) {
		return "", voltrun.Errorf(voltrun.CodeInternal,
			"%s of function %s was encrypted with the key %x, but this server has the key %x; restore the key file that belongs to the database",
			name, functionID, header[1:], v.header[1:])
	}
	value, err := v.aead.Open(nil, nil, body, binding(functionID, name))
	if err != nil {
		return "", voltrun.Errorf(voltrun.CodeInternal,
			"%s of function %s does not decrypt: the stored value was altered or belongs to another function", name, functionID)
	}
	return string(value), nil
}

func binding(functionID, name string) []byte { return []byte(functionID + "\x00" + name) }
