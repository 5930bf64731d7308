package seed

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/voltrun/voltrun"
)

// functions holds the code: functions/<name>/<version>/<file>. Every version can be run.
//
//go:embed all:functions
var functions embed.FS

// filesOf are the files of a version by their path.
func filesOf(name string, version int) (map[string]string, error) {
	root := path.Join("functions", name, fmt.Sprint(version))
	files := make(map[string]string)
	err := fs.WalkDir(functions, root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := functions.ReadFile(file)
		files[strings.TrimPrefix(file, root+"/")] = string(text)
		return err
	})
	return files, err
}

// sample is a function of the demo user and the way it behaves.
type sample struct {
	name, description string
	runtime           string
	memoryMB          int
	timeout           time.Duration
	isolation         voltrun.Isolation
	env, secrets      map[string]string
	versions          []sampleVersion
	trigger           voltrun.Trigger
	share             float64 // of all executions, in parts of any size
	outcome           func(r random, version int) outcome
	specials          []outcome // executions to be found once, one about every hour back from now
}

// sampleVersion is when a version became active, before now, and what was said about it.
type sampleVersion struct {
	age     time.Duration
	message string
}

const (
	nodejs = "nodejs"
	python = "python"

	mb   = 1 << 20
	days = 24 * time.Hour
)

// samples are the functions, oldest first.
var samples = []sample{
	{
		name: "health-probe", description: "Says that the machine answers", runtime: nodejs, memoryMB: 128, timeout: time.Second,
		isolation: voltrun.IsolationWarm, trigger: voltrun.TriggerAPI, share: 24, outcome: healthProbe,
		versions: []sampleVersion{{28*days + 5*time.Hour, ""}, {12 * days, "tell the region"}},
	},
	{
		name: "orders-api", description: "A small JSON API over several files: routes, a store, and what it must not tell", runtime: nodejs, memoryMB: 256,
		timeout: 5 * time.Second, isolation: voltrun.IsolationWarm, trigger: voltrun.TriggerAPI, share: 30, outcome: ordersAPI,
		env: map[string]string{"STAGE": "production", "CURRENCY": "EUR"}, secrets: map[string]string{"DATABASE_PASSWORD": "not a real password"},
		versions: []sampleVersion{{27 * days, "first try"}, {9 * days, "routes and a store of their own"}, {30 * time.Hour, "unknown routes and orders are 404, not a crash"}},
	},
	{
		name: "github-webhook", description: "Takes pushes and pings, and checks their signature", runtime: nodejs, memoryMB: 128, timeout: 3 * time.Second,
		isolation: voltrun.IsolationFresh, trigger: voltrun.TriggerAPI, share: 9, outcome: githubWebhook,
		secrets:  map[string]string{"WEBHOOK_SECRET": "not a real secret"},
		versions: []sampleVersion{{26 * days, ""}, {15 * days, "answer pings"}, {4 * days, "check the signature"}},
	},
	{
		name: "resize-plan", description: "Decides which sizes of a picture to make", runtime: nodejs, memoryMB: 128, timeout: 3 * time.Second,
		isolation: voltrun.IsolationFresh, trigger: voltrun.TriggerAPI, share: 10, outcome: resizePlan,
		versions: []sampleVersion{{24 * days, ""}, {9 * time.Hour, "profiles instead of widths"}, {6 * time.Hour, "fix: a picture without a profile"}},
	},
	{
		name: "csv-report", description: "Adds up the rows of a CSV text by any of its columns", runtime: python, memoryMB: 256, timeout: 10 * time.Second,
		isolation: voltrun.IsolationWarm, trigger: voltrun.TriggerAPI, share: 7, outcome: csvReport,
		versions: []sampleVersion{{22 * days, ""}, {7 * days, "group by a column; exact decimals"}},
	},
	{
		name: "nightly-cleanup", description: "Removes expired sessions in batches; called by a schedule", runtime: python, memoryMB: 128, timeout: time.Minute,
		isolation: voltrun.IsolationFresh, trigger: voltrun.TriggerAsync, share: 2, outcome: nightlyCleanup,
		env:      map[string]string{"RETENTION_DAYS": "30"},
		versions: []sampleVersion{{21 * days, ""}, {10 * days, "in batches of 500"}},
		specials: []outcome{
			{input: map[string]any{"expired": 1200}, status: voltrun.StatusCanceled, neverRan: true,
				failure: &voltrun.ExecutionError{Type: voltrun.ErrorCanceled, Message: "The execution was canceled before it started."}},
			{input: map[string]any{"expired": 90000}, status: voltrun.StatusFailed, attempts: voltrun.DefaultMaxAttempts,
				failure: &voltrun.ExecutionError{Type: voltrun.ErrorLost, Message: "The worker that ran this execution stopped, and no attempts are left. Replay it to try again."}},
		},
	},
	{
		name: "flaky-upstream", description: "Asks a carrier that refuses one order in five", runtime: nodejs, memoryMB: 128, timeout: 5 * time.Second,
		isolation: voltrun.IsolationFresh, trigger: voltrun.TriggerAsync, share: 8, outcome: flakyUpstream,
		versions: []sampleVersion{{18 * days, ""}, {5 * days, "try three times"}},
	},
	{
		name: "sales-aggregation", description: "Slow on purpose: 50 ms for every day that it adds up", runtime: python, memoryMB: 512, timeout: 6 * time.Second,
		isolation: voltrun.IsolationFresh, trigger: voltrun.TriggerAsync, share: 3, outcome: salesAggregation,
		versions: []sampleVersion{{16 * days, ""}, {6 * days, "say how far it is"}},
	},
	{
		name: "render-thumbnails", description: "Runs out of memory when a picture is large", runtime: nodejs, memoryMB: 128, timeout: 10 * time.Second,
		isolation: voltrun.IsolationFresh, trigger: voltrun.TriggerAPI, share: 4, outcome: renderThumbnails,
		versions: []sampleVersion{{14 * days, ""}, {3 * days, "log how long it takes"}},
	},
	{
		name: "chat-notify", description: "Writes colours, emoji and JSON to its log", runtime: nodejs, memoryMB: 128, timeout: 3 * time.Second,
		isolation: voltrun.IsolationWarm, trigger: voltrun.TriggerAPI, share: 9, outcome: chatNotify,
		secrets:  map[string]string{"CHAT_TOKEN": "not a real token"},
		versions: []sampleVersion{{11 * days, ""}, {2 * days, "colours, and a line of JSON"}},
	},
	{
		name: "import-catalogue", description: "Logs a line for every product: thousands of them", runtime: python, memoryMB: 256, timeout: 30 * time.Second,
		isolation: voltrun.IsolationFresh, trigger: voltrun.TriggerAsync, share: 1, outcome: importCatalogue,
		versions: []sampleVersion{{8 * days, ""}, {4 * days, "log lines of JSON"}},
		specials: []outcome{manyLines(5000), truncatedLog()},
	},
	{
		name: "ledger-reconciliation-for-the-quarterly-statements-of-branches", description: "Checks that debit and credit balance; its name is as long as names get, nearly",
		runtime: python, memoryMB: 128, timeout: 3 * time.Second, isolation: voltrun.IsolationFresh, trigger: voltrun.TriggerAPI, share: 3, outcome: ledger,
		versions: []sampleVersion{{6 * days, ""}, {36 * time.Hour, "say which period is off"}},
	},
}
