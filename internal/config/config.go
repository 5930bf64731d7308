// Package config is the one configuration of every voltrun command: a flat set
// of settings, each with one name in three spellings. The setting max_log_bytes is
// VOLTRUN_MAX_LOG_BYTES in the environment, max_log_bytes in the file and
// --max-log-bytes as a flag. Flag > environment > file > default.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// EnvPrefix begins every environment variable that sets something.
const EnvPrefix = "VOLTRUN_"

// Config holds every setting. The help tag is what people read; secret values are masked when shown.
type Config struct {
	Listen             string   `koanf:"listen" help:"address of the API and dashboard, host:port"`
	OpsListen          string   `koanf:"ops_listen" help:"separate address for /livez, /readyz and /metrics; empty serves them on listen"`
	DataDir            string   `koanf:"data_dir" help:"folder for the database, keys, images and caches"`
	DatabaseURL        string   `koanf:"database_url" secret:"url" help:"postgres://… or sqlite:///path; empty is SQLite in the data folder"`
	Isolation          string   `koanf:"isolation" help:"what isolates functions: auto, firecracker, container or process (process isolates nothing)"`
	AllowWeakIsolation bool     `koanf:"allow_weak_isolation" help:"allow listening beyond this machine although functions share its kernel"`
	RateLimit          string   `koanf:"rate_limit" help:"requests per second per caller, or off"`
	CORSOrigins        []string `koanf:"cors_origins" help:"origins that may call the API from a browser, comma-separated; empty is the same origin only"`
	SecureCookies      bool     `koanf:"secure_cookies" help:"mark cookies Secure; set it when people reach VoltRun by HTTPS"`
	TrustedProxies     []string `koanf:"trusted_proxies" help:"addresses or networks whose X-Forwarded-For is believed, comma-separated"`
	LogLevel           string   `koanf:"log_level" help:"debug, info, warn or error"`
	LogFormat          string   `koanf:"log_format" help:"auto (console on a terminal), json or console"`

	TokenLifetime   time.Duration `koanf:"token_lifetime" help:"of access tokens"`
	SessionLifetime time.Duration `koanf:"session_lifetime" help:"of an unused sign-in"`
	PasswordCost    int           `koanf:"password_cost" help:"bcrypt cost, 10 to 16"`

	Slots          int           `koanf:"slots" help:"executions at the same time on this node; 0 follows the CPUs"`
	MaxMachines    int           `koanf:"max_machines" help:"machines at the same time on this node; 0 follows the CPUs"`
	MinIdle        int           `koanf:"min_idle" help:"machines of each runtime kept ready without demand"`
	MaxIdle        int           `koanf:"max_idle" help:"machines of each size kept ready at most; 0 follows the CPUs"`
	IdleLimit      time.Duration `koanf:"idle_limit" help:"how long an unused warm machine is kept"`
	MachineAge     time.Duration `koanf:"machine_age" help:"how old an idle machine may become"`
	MachineMemory  int           `koanf:"machine_memory_mb" help:"memory of all machines together, in MB; 0 is three quarters of the host's"`
	QueueWait      time.Duration `koanf:"queue_wait" help:"how long a synchronous call waits for a free slot or machine"`
	InitTimeout    time.Duration `koanf:"init_timeout" help:"how long a function's module may take to load"`
	MaxLogBytes    int64         `koanf:"max_log_bytes" help:"output kept of one execution, in bytes"`
	MaxPending     int64         `koanf:"max_pending" help:"asynchronous executions that may wait; more are refused"`
	MaxAttempts    int           `koanf:"max_attempts" help:"attempts of an asynchronous execution whose worker was lost"`
	RetentionAge   time.Duration `koanf:"retention_age" help:"how long ended executions are kept; 0 keeps them"`
	RetentionCount int           `koanf:"retention_count" help:"ended executions kept of each function; 0 keeps all"`
	DrainTimeout   time.Duration `koanf:"drain_timeout" help:"how long a stop waits for running executions"`
}

// Default returns the configuration that a laptop gets without setting anything.
func Default() Config {
	return Config{
		Listen: "127.0.0.1:8080", DataDir: defaultDataDir(), Isolation: "auto", RateLimit: "off",
		LogLevel: "info", LogFormat: "auto",
		TokenLifetime: 15 * time.Minute, SessionLifetime: 30 * 24 * time.Hour, PasswordCost: 12,
		MinIdle: 1, IdleLimit: 5 * time.Minute, MachineAge: time.Hour,
		QueueWait: 15 * time.Second, InitTimeout: 10 * time.Second,
		MaxLogBytes: 1 << 20, MaxPending: 100_000, MaxAttempts: 3,
		RetentionAge: 30 * 24 * time.Hour, DrainTimeout: 30 * time.Second,
	}
}

// defaultDataDir is where services keep state when root, and the user's own data folder otherwise.
func defaultDataDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/voltrun"
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "voltrun")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "share", "voltrun")
	}
	return "voltrun-data"
}

// Setting describes one field, for flags and for showing.
type Setting struct {
	Key    string // as in the file
	Help   string
	Secret string // "", or how to mask: "url"
	index  int
}

// Settings lists every setting in the order of the struct.
func Settings() []Setting {
	t := reflect.TypeFor[Config]()
	settings := make([]Setting, t.NumField())
	for i := range settings {
		f := t.Field(i)
		settings[i] = Setting{Key: f.Tag.Get("koanf"), Help: f.Tag.Get("help"), Secret: f.Tag.Get("secret"), index: i}
	}
	return settings
}

// Env is the name of the environment variable.
func (s Setting) Env() string { return EnvPrefix + strings.ToUpper(s.Key) }

// Flag is the name of the flag, without dashes.
func (s Setting) Flag() string { return strings.ReplaceAll(s.Key, "_", "-") }

// Value is the field as text, with the password of a URL masked.
func (s Setting) Value(c Config) string {
	v := reflect.ValueOf(c).Field(s.index)
	switch x := v.Interface().(type) {
	case []string:
		return strings.Join(x, ",")
	case string:
		if s.Secret == "url" {
			return maskURL(x)
		}
		return x
	default:
		return fmt.Sprint(x)
	}
}

func maskURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(not a URL)"
	}
	q := u.Query()
	if q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}

// Load reads the file (none when path is empty), the environment (KEY=value) and the flags that were set (by key).
func Load(path string, environ []string, flags map[string]string) (Config, error) {
	k := koanf.New("\x00") // flat: no key contains the delimiter
	if path != "" {
		if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
			return Config{}, fmt.Errorf("read the configuration file %s: %w", path, err)
		}
	}
	if err := refuseUnknown(path, k.Keys()); err != nil {
		return Config{}, err
	}
	for _, layer := range []map[string]any{fromEnviron(environ), fromFlags(flags)} {
		if err := k.Load(confmap.Provider(layer, ""), nil); err != nil {
			return Config{}, err
		}
	}
	c := Default()
	if err := k.Unmarshal("", &c); err != nil {
		return Config{}, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	return c, c.Validate()
}

func refuseUnknown(path string, keys []string) error {
	var known []string
	for _, s := range Settings() {
		known = append(known, s.Key)
	}
	var all error
	for _, key := range keys {
		if !slices.Contains(known, key) {
			all = errors.Join(all, fmt.Errorf("%s: there is no setting %q; `voltrun config` lists them", path, key))
		}
	}
	return all
}

func fromEnviron(environ []string) map[string]any {
	layer := make(map[string]any)
	for _, s := range Settings() {
		for _, pair := range environ {
			if value, ok := strings.CutPrefix(pair, s.Env()+"="); ok && value != "" {
				layer[s.Key] = s.parse(value)
			}
		}
	}
	return layer
}

func fromFlags(flags map[string]string) map[string]any {
	layer := make(map[string]any)
	for _, s := range Settings() {
		if value, ok := flags[s.Key]; ok {
			layer[s.Key] = s.parse(value)
		}
	}
	return layer
}

// parse splits lists at commas; other types are converted when the whole is read.
func (s Setting) parse(value string) any {
	if reflect.TypeFor[Config]().Field(s.index).Type.Kind() != reflect.Slice {
		return value
	}
	parts := strings.Split(value, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// RequestsPerSecond is the rate limit as a number; 0 is off. Validate has checked it.
func (c Config) RequestsPerSecond() float64 {
	n, err := strconv.ParseFloat(c.RateLimit, 64)
	if err != nil {
		return 0
	}
	return n
}

// Validate reports every problem at once.
func (c Config) Validate() error {
	var all error
	problem := func(key, format string, args ...any) {
		all = errors.Join(all, fmt.Errorf("%s: "+format, append([]any{key}, args...)...))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		problem("listen", "%q is not host:port", c.Listen)
	}
	if c.OpsListen != "" {
		if _, _, err := net.SplitHostPort(c.OpsListen); err != nil {
			problem("ops_listen", "%q is not host:port", c.OpsListen)
		}
	}
	if c.DataDir == "" {
		problem("data_dir", "is empty")
	}
	oneOf := func(key, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			problem(key, "%q is not one of %s", value, strings.Join(allowed, ", "))
		}
	}
	oneOf("isolation", c.Isolation, "auto", "firecracker", "container", "process")
	oneOf("log_level", c.LogLevel, "debug", "info", "warn", "error")
	oneOf("log_format", c.LogFormat, "auto", "json", "console")
	if c.RateLimit != "off" {
		if n, err := strconv.ParseFloat(c.RateLimit, 64); err != nil || n <= 0 {
			problem("rate_limit", "%q is neither off nor a number of requests per second above 0", c.RateLimit)
		}
	}
	if u, err := url.Parse(c.DatabaseURL); err != nil || !slices.Contains([]string{"", "sqlite", "postgres", "postgresql"}, u.Scheme) {
		problem("database_url", "must begin with postgres:// or sqlite://, or be empty")
	}
	for _, origin := range c.CORSOrigins {
		if u, err := url.Parse(origin); err != nil || u.Host == "" || (u.Path != "" && u.Path != "/") {
			problem("cors_origins", "%q is not an origin such as https://app.example.com", origin)
		}
	}
	between := func(key string, n, lowest, highest int64) {
		if n < lowest || n > highest {
			problem(key, "%d is not between %d and %d", n, lowest, highest)
		}
	}
	between("password_cost", int64(c.PasswordCost), 10, 16)
	between("slots", int64(c.Slots), 0, 10_000)
	between("max_machines", int64(c.MaxMachines), 0, 10_000)
	between("min_idle", int64(c.MinIdle), 0, 1000)
	between("max_idle", int64(c.MaxIdle), 0, 1000)
	between("machine_memory_mb", int64(c.MachineMemory), 0, 1<<30)
	between("max_log_bytes", c.MaxLogBytes, 1024, 64<<20)
	between("max_pending", c.MaxPending, 1, 100_000_000)
	between("max_attempts", int64(c.MaxAttempts), 1, 100)
	between("retention_count", int64(c.RetentionCount), 0, 1<<40)
	within := func(key string, d, lowest, highest time.Duration) {
		if d < lowest || d > highest {
			problem(key, "%v is not between %v and %v", d, lowest, highest)
		}
	}
	const day = 24 * time.Hour
	within("token_lifetime", c.TokenLifetime, time.Minute, day)
	within("session_lifetime", c.SessionLifetime, time.Hour, 400*day)
	within("idle_limit", c.IdleLimit, time.Second, day)
	within("machine_age", c.MachineAge, time.Second, 7*day)
	within("queue_wait", c.QueueWait, 0, 15*time.Minute)
	within("init_timeout", c.InitTimeout, 100*time.Millisecond, 15*time.Minute)
	within("retention_age", c.RetentionAge, 0, 36500*day)
	within("drain_timeout", c.DrainTimeout, 0, time.Hour)
	if all != nil {
		return fmt.Errorf("the configuration has problems:\n%w", all)
	}
	return nil
}

// Loopback reports whether Listen is reachable from this machine only.
func (c Config) Loopback() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// Embedded reports whether the database is this server's own file, so that no other process works on it.
func (c Config) Embedded() bool { return !strings.HasPrefix(c.DatabaseURL, "postgres") }
