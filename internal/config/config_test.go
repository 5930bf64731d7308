package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPrecedence(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "voltrun.yaml")
	text := "listen: 127.0.0.1:1\nlog_level: debug\nqueue_wait: 2s\ncors_origins: [https://a.example, https://b.example]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, []string{"VOLTRUN_LISTEN=127.0.0.1:2", "VOLTRUN_LOG_LEVEL=warn", "OTHER=1"}, map[string]string{"listen": "127.0.0.1:3"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:3" || c.LogLevel != "warn" || c.QueueWait != 2*time.Second || len(c.CORSOrigins) != 2 || c.MaxAttempts != 3 {
		t.Fatalf("got %+v", c)
	}
}

func TestEnvironmentLists(t *testing.T) {
	t.Parallel()
	c, err := Load("", []string{"VOLTRUN_CORS_ORIGINS=https://a.example,https://b.example", "VOLTRUN_SECURE_COOKIES=true", "VOLTRUN_RATE_LIMIT=2.5"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.CORSOrigins) != 2 || !c.SecureCookies || c.RequestsPerSecond() != 2.5 {
		t.Fatalf("got %+v", c)
	}
}

func TestValidateReportsEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := Load("", []string{"VOLTRUN_LISTEN=nowhere", "VOLTRUN_ISOLATION=hope", "VOLTRUN_RATE_LIMIT=-1", "VOLTRUN_DATABASE_URL=mysql://x"}, nil)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, key := range []string{"listen", "isolation", "rate_limit", "database_url"} {
		if !strings.Contains(err.Error(), key+":") {
			t.Errorf("%s is not named in: %v", key, err)
		}
	}
}

func TestUnknownSettingInFileIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "voltrun.yaml")
	if err := os.WriteFile(path, []byte("lisen: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, nil, nil); err == nil || !strings.Contains(err.Error(), "lisen") {
		t.Fatalf("err = %v", err)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	c := Default()
	c.DatabaseURL = "postgres://u:topsecret@h/db?password=alsosecret"
	for _, s := range Settings() {
		if v := s.Value(c); strings.Contains(v, "secret") && s.Key == "database_url" {
			t.Errorf("%s shows %s", s.Key, v)
		}
	}
}
