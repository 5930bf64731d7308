package storage

import (
	"container/list"
	"context"
	"database/sql/driver"
)

// maxPrepared bounds the statements that one connection keeps; one takes 5 to 30 kB.
const maxPrepared = 64

// sqliteConnector opens connections that keep the statements they have prepared.
type sqliteConnector struct {
	driver.Connector
	begin string // how a transaction starts
}

func (c sqliteConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &sqliteConn{sqliteBase: conn.(sqliteBase), begin: c.begin, idle: map[string]*list.Element{}}, nil
}

// sqliteBase is what database/sql uses of a connection of the driver. That the driver can run a text without
// preparing it stays hidden on purpose: database/sql then always prepares, and finds what was kept.
type sqliteBase interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// sqliteConn is a connection that keeps its prepared statements, as pgx does for PostgreSQL: parsing costs SQLite
// more than executing. A statement is either in use by one caller or idle here, so that the same text may
// well be prepared twice while the rows of the first are still being read.
type sqliteConn struct {
	sqliteBase
	begin string
	idle  map[string]*list.Element // of *sqliteStmt, by text
	order list.List                // the idle ones, most recently used first
}

type sqliteStmt struct {
	sqliteBaseStmt
	conn *sqliteConn
	text string
}

type sqliteBaseStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (c *sqliteConn) Prepare(text string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), text)
}

func (c *sqliteConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	return c.prepared(ctx, text)
}

func (c *sqliteConn) prepared(ctx context.Context, text string) (*sqliteStmt, error) {
	if kept, ok := c.idle[text]; ok {
		delete(c.idle, text)
		return c.order.Remove(kept).(*sqliteStmt), nil
	}
	stmt, err := c.sqliteBase.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &sqliteStmt{stmt.(sqliteBaseStmt), c, text}, nil
}

// Close keeps the statement for the next caller.
func (s *sqliteStmt) Close() error {
	c := s.conn
	if c.idle[s.text] != nil || c.idle == nil {
		return s.sqliteBaseStmt.Close()
	}
	c.idle[s.text] = c.order.PushFront(s)
	if c.order.Len() <= maxPrepared {
		return nil
	}
	oldest := c.order.Remove(c.order.Back()).(*sqliteStmt)
	delete(c.idle, oldest.text)
	return oldest.sqliteBaseStmt.Close()
}

// Close gives up the kept statements before the connection: SQLite would keep it open for them.
func (c *sqliteConn) Close() error {
	c.idle = nil
	for kept := c.order.Front(); kept != nil; kept = kept.Next() {
		_ = kept.Value.(*sqliteStmt).sqliteBaseStmt.Close() // it reports again how the last execution went
	}
	return c.sqliteBase.Close()
}

// BeginTx starts a transaction with kept statements as well.
func (c *sqliteConn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	if err := c.run(ctx, c.begin); err != nil {
		// It may have begun just before ctx ended. Without a transaction this does nothing.
		_ = c.run(context.Background(), "ROLLBACK")
		return nil, err
	}
	return sqliteTx{c}, nil
}

type sqliteTx struct{ conn *sqliteConn }

// Commit leaves no transaction behind when it fails, because database/sql goes on with the connection.
func (tx sqliteTx) Commit() error {
	err := tx.conn.run(context.Background(), "COMMIT")
	if err != nil {
		_ = tx.Rollback() // SQLite has rolled back already, or it does now
	}
	return err
}

func (tx sqliteTx) Rollback() error { return tx.conn.run(context.Background(), "ROLLBACK") }

func (c *sqliteConn) run(ctx context.Context, text string) error {
	stmt, err := c.prepared(ctx, text)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx, nil)
	if closing := stmt.Close(); err == nil {
		err = closing
	}
	return err
}
