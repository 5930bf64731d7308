package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/voltrun/voltrun/internal/auth"
	"github.com/voltrun/voltrun/internal/config"
	"github.com/voltrun/voltrun/internal/control"
	"github.com/voltrun/voltrun/internal/seed"
)

// SeedOptions choose the test data.
type SeedOptions struct {
	Number   uint64    // the same number and time give the same data
	Now      time.Time // the end of the history
	Password string    // of the demo user; empty: a new one, which is printed
}

// Seed fills an empty database with test data for development, and says how to sign in.
func Seed(ctx context.Context, c config.Config, o SeedOptions, out io.Writer) (err error) {
	d, err := openData(c.DataDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	db, err := openDatabase(ctx, c, d)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	deps := seed.Deps{Store: db}
	keys, err := d.keys()
	if err != nil {
		return err
	}
	if deps.Vault, err = control.NewVault(keys.vault); err != nil {
		return err
	}
	if deps.Passwords, err = auth.NewPasswords(c.PasswordCost); err != nil {
		return err
	}
	installed, _ := discover(ctx, d) // serve and doctor say what is wrong with a runtime
	deps.Runtimes = catalogue(installed)
	settings := seed.Config{Number: o.Number, Now: o.Now, Password: o.Password}
	if settings.Password == "" {
		settings.Password = rand.Text()
	}
	made, err := seed.Run(ctx, deps, settings)
	if err != nil {
		return err
	}
	return describeSeed(out, made, settings.Password)
}

func describeSeed(out io.Writer, made seed.Summary, password string) error {
	text := fmt.Sprintf("made %d functions with %d versions, %d executions with %d log lines\n",
		made.Functions, made.Versions, made.Executions, made.LogLines)
	if len(made.LeftOut) > 0 {
		text += "left out, because their language is not installed here (`voltrun doctor` says how to add it): " + strings.Join(made.LeftOut, ", ") + "\n"
	}
	text += fmt.Sprintf("sign in as %s with the password %s\n", seed.Email, password)
	_, err := io.WriteString(out, text)
	return err
}
