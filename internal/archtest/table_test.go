package archtest

import "strings"

const module = "github.com/voltrun/voltrun"

// everything as a rule allows every internal package.
const everything = "*"

// imports is the table of docs/ARCHITECTURE.md: a package, as a path below the module
// with "." for the root, and the internal packages that its own code may import. Tests
// of a package may import what they like. A package that is not here fails the test.
var imports = map[string][]string{
	".":                  {},
	"internal/wire":      {},
	"internal/lifecycle": {},
	"internal/logging":   {},
	"internal/config":    {},

	"internal/auth":    {"."},
	"internal/storage": {"."},
	"internal/inmem":   {"."},
	// Each language keeps its runner in a folder of its own, and lang puts them together.
	"internal/lang": {".", "internal/lang/node", "internal/lang/python"},
	"internal/vm":   {"."},

	"internal/lang/node":   {},
	"internal/lang/python": {},

	"internal/vm/container": {".", "internal/vm", "internal/lifecycle", "internal/wire",
		"internal/vm/container/cgroup", "internal/vm/container/inside", "internal/vm/container/launcher", "internal/vm/container/seccomp",
		"internal/agent/binary"}, // the file that every driver starts
	"internal/vm/process": {".", "internal/vm", "internal/lifecycle", "internal/wire", "internal/agent/binary",
		"internal/vm/process/inside"},
	"internal/vm/process/inside": {},
	// Parts of the container driver. The launcher and what runs inside are processes
	// of their own and must stay small, so they know each other and nothing above.
	"internal/vm/container/cgroup":   {},
	"internal/vm/container/seccomp":  {},
	"internal/vm/container/inside":   {"internal/vm/container/seccomp"},
	"internal/vm/container/launcher": {"internal/vm/container/cgroup", "internal/vm/container/inside", "internal/vm/container/seccomp"},

	"internal/agent":        {".", "internal/wire", "internal/lang"},
	"internal/agent/binary": {},

	"internal/control": {".", "internal/auth"},
	"internal/exec":    {".", "internal/vm", "internal/wire", "internal/lang", "internal/lifecycle"},
	"internal/api":     {".", "internal/auth", "internal/control", "internal/exec", "internal/logging"},
	"internal/webui":   {},
	// Makes test data as a server would: through the use cases and the store.
	"internal/seed": {".", "internal/auth", "internal/control", "internal/storage"},
	"internal/app":  {everything},

	// The user's side of the API: it shares the nouns with the server and nothing else.
	"internal/client": {"."},
	"internal/cli":    {".", "internal/client"},
	// Looks at what the drivers and the runtimes need of the host, so it asks them.
	"internal/doctor": {".", "internal/config", "internal/vm", "internal/vm/container", "internal/vm/container/cgroup",
		"internal/vm/process", "internal/lang", "internal/lang/node", "internal/lang/python"},

	// Suites and servers for tests: imported by tests only, see testOnly.
	"internal/archtest":            {},
	"internal/pgtest":              {},
	"internal/vm/vmtest":           {".", "internal/vm", "internal/wire", "internal/lang", "internal/lang/node", "internal/lang/python"},
	"internal/vm/vmtest/standin":   {"internal/wire", "internal/vm/container/inside", "internal/vm/container/launcher", "internal/vm/process/inside"},
	"internal/inmem/limitertest":   {everything},
	"internal/storage/storagetest": {everything},
	"internal/api/apitest":         {everything},
	"test/harness":                 {everything},

	"cmd/server": {"internal/app", "internal/config", "internal/doctor", "internal/logging",
		"internal/vm/container", "internal/vm/container/launcher"}, // the binary starts itself as the launcher
	// One static binary is all that a machine and its launcher start, so it holds both and the seams between.
	"cmd/agent": {"internal/agent", "internal/vm/container/inside", "internal/vm/container/launcher", "internal/vm/process/inside"},
	"cmd/volt":  {"internal/cli"},
	// Starts the others for those who develop them.
	"scripts/dev": {},
	// A program that measures the others through their public doors, and fills a database to see it grow.
	"bench": {".", "internal/client", "internal/storage"},
}

// testOnly are packages that no program may contain.
var testOnly = []string{"internal/archtest", "internal/pgtest", "internal/vm/vmtest", "internal/vm/vmtest/standin",
	"internal/storage/storagetest", "internal/inmem/limitertest", "internal/api/apitest", "test", "test/harness", "bench"}

// edges says where a technology may be imported. Keys are import path prefixes.
var edges = map[string][]string{
	"gorm.io/":                            {"internal/storage"},
	"github.com/libtnb/sqlite":            {"internal/storage"},
	"modernc.org/sqlite":                  {"internal/storage"},
	"github.com/pressly/goose":            {"internal/storage"},
	"github.com/jackc/pgx":                {"internal/storage", "internal/pgtest"}, // pgtest makes databases for tests
	"github.com/gofiber/":                 {"internal/api", "internal/webui", "internal/app"},
	"github.com/valyala/fasthttp":         {"internal/api", "internal/webui", "internal/app"},
	"github.com/danielgtaylor/huma":       {"internal/api"},
	"github.com/golang-jwt/jwt":           {"internal/auth"},
	"golang.org/x/crypto/bcrypt":          {"internal/auth"},
	"github.com/redis/":                   {"internal/redis"},
	"github.com/vishvananda/netlink":      {"internal/vm"},
	"github.com/firecracker-microvm/":     {"internal/vm"},
	"github.com/elastic/go-seccomp-bpf":   {"internal/vm"},
	"golang.org/x/net/bpf":                {"internal/vm"},
	"github.com/knadh/koanf":              {"internal/config"},
	"github.com/spf13/":                   {"cmd", "internal/cli"},
	"github.com/fasthttp/websocket":       {"internal/client"},
	"github.com/prometheus/client_golang": {"internal/api", "internal/exec", "internal/app", "internal/storage"},
	"go.uber.org/zap":                     {"internal/api", "internal/exec", "internal/app", "internal/storage", "internal/logging", "internal/vm", "cmd/server"},
}

// absent says what a program must not contain, however indirectly: an agent that is small,
// and a command line that does not carry the server.
var absent = map[string][]string{
	"cmd/agent":        {"net/http", "gorm.io/", "github.com/gofiber/", "github.com/prometheus/", "go.uber.org/zap", module + "/internal/storage", module + "/internal/exec"},
	"cmd/volt":         {"gorm.io/", "github.com/gofiber/", "github.com/prometheus/", module + "/internal/storage", module + "/internal/exec", module + "/internal/vm"},
	"internal/exec":    {"gorm.io/", "github.com/gofiber/", "net/http/httptest"},
	"internal/control": {"gorm.io/", "github.com/gofiber/", "github.com/prometheus/"},
}

// within reports whether a package lies in a folder or is it.
func within(name, folder string) bool { return name == folder || strings.HasPrefix(name, folder+"/") }
