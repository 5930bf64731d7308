package pgtest

import (
	"context"
	"database/sql"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const orphanVariable = "PGTEST_ORPHAN"

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestURLGivesDatabasesOfTheirOwn(t *testing.T) {
	t.Parallel()
	first, second := open(t, URL(t)), open(t, URL(t))
	if _, err := first.Exec("CREATE TABLE only_here (n INT)"); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Exec("SELECT * FROM only_here"); err == nil {
		t.Fatal("a table of one test is visible to another")
	}
}

// TestServerDiesWithTheTestBinary kills a copy of this binary while its server runs.
func TestServerDiesWithTheTestBinary(t *testing.T) {
	if os.Getenv(orphanVariable) == "1" {
		url := URL(t)
		var pid int
		if err := open(t, url).QueryRow("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'").Scan(&pid); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stdout.WriteString("checkpointer " + strconv.Itoa(pid) + " " + sharedServer.server.dir + "\n"); err != nil {
			t.Fatal(err)
		}
		select {} // until it is killed
	}
	if _, ok := findBinaries(); !ok {
		URL(t) // skips or fails
	}
	command := exec.Command(os.Args[0], "-test.run", "^TestServerDiesWithTheTestBinary$")
	command.Env = append(os.Environ(), orphanVariable+"=1")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 4096)
	n, err := out.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(text[:n]))
	if len(fields) != 3 || fields[0] != "checkpointer" {
		t.Fatalf("the copy said %q", text[:n])
	}
	t.Cleanup(func() { os.RemoveAll(fields[2]) })
	pid, err := strconv.Atoi(fields[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // it was killed
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for syscall.Kill(pid, 0) == nil {
		select {
		case <-ctx.Done():
			t.Fatalf("process %d of the server is still there a minute after its test binary was killed", pid)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	return pool
}
