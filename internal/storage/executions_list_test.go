package storage

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/voltrun/voltrun"
)

// TestListsWalkTheirIndex asks SQLite how it would answer: every list comes in the order of an index that is as narrow as its filter.
func TestListsWalkTheirIndex(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), Config{URL: filepath.Join(t.TempDir(), "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		filter voltrun.ExecutionFilter
		index  string
		how    string // " (" for a search, ";" for the whole of a small index
		sorts  bool
	}{
		{voltrun.ExecutionFilter{}, "sqlite_autoindex_executions_1", " (", false},
		{voltrun.ExecutionFilter{OwnerID: "o"}, "executions_owner", " (", false},
		{voltrun.ExecutionFilter{OwnerID: "o", FunctionID: "f"}, "executions_function", " (", false},
		{voltrun.ExecutionFilter{OwnerID: "o", Statuses: []voltrun.Status{voltrun.StatusFailed}}, "executions_unsuccessful", " (", false},
		{voltrun.ExecutionFilter{OwnerID: "o", FunctionID: "f", Statuses: []voltrun.Status{voltrun.StatusTimeout}}, "executions_unsuccessful_function", " (", false},
		{voltrun.ExecutionFilter{OwnerID: "o", Statuses: []voltrun.Status{voltrun.StatusSuccess}}, "executions_owner", " (", false},
		{voltrun.ExecutionFilter{OwnerID: "o", FunctionID: "f", Statuses: []voltrun.Status{voltrun.StatusSuccess}, Query: "q"}, "executions_function", " (", false},
		{voltrun.ExecutionFilter{OwnerID: "o", Trigger: voltrun.TriggerReplay, Query: "q"}, "executions_owner", " (", false},
		{voltrun.ExecutionFilter{OwnerID: "o", Statuses: []voltrun.Status{voltrun.StatusPending}}, "executions_pending", ";", false},
		{voltrun.ExecutionFilter{OwnerID: "o", FunctionID: "f", Statuses: []voltrun.Status{voltrun.StatusRunning}, Version: 2}, "executions_lease", ";", true},
		{voltrun.ExecutionFilter{OwnerID: "o", Statuses: []voltrun.Status{voltrun.StatusSuccess, voltrun.StatusFailed}, MinDuration: 1}, "executions_owner", " (", false},
	} {
		where, tried := executionConditions(test.filter)
		tried.add("id < ?", "exe_1")
		all := where.and(tried)
		var plan []string
		rows, err := db.readerPool().Query("EXPLAIN QUERY PLAN SELECT "+summaryColumns+" FROM "+executionSource(test.filter)+all.String()+" ORDER BY id DESC LIMIT 10", all.arguments...)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var step string
			if err := rows.Scan(new(int), new(int), new(int), &step); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, step)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if walk := strings.Join(plan, "; "); !strings.Contains(walk+"; ", " INDEX "+test.index+test.how) || strings.Contains(walk, "TEMP B-TREE") != test.sorts {
			t.Errorf("%+v: %q, want index %s", test.filter, plan, test.index)
		}
	}
}
