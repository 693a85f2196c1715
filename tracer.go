package pgadapt

import (
	"context"
	"database/sql/driver"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Tracer is told when the driver begins and ends something: see [OperationKind] for what. Set it as Config.Tracer;
// [MultiTracer] makes one of several, and [NewLogTracer] one that logs.
//
// Its methods are called in the goroutine of the operation, by many connections at the same time. What they do takes
// the operation's time, and they must not use the connection.
type Tracer interface {
	// TraceStart is called before an operation. The context that it gives is used for the operation, and for those
	// within it, such as the Prepare within a Query; it should be made from ctx. Nil stands for ctx.
	TraceStart(ctx context.Context, operation *Operation) context.Context
	// TraceEnd is called after the operation, with the context that TraceStart has given and the same Operation.
	TraceEnd(ctx context.Context, operation *Operation)
}

// OperationKind says what an [Operation] is.
type OperationKind string

// The kinds of operations.
const (
	// OperationConnect opens a session: all hosts that are tried, TLS, login, and the AfterConnect hook.
	OperationConnect OperationKind = "connect"
	// OperationPrepare has the server parse and describe a text. It happens within the Query, Exec or Batch that needs
	// it, or by itself for a prepared statement of the program.
	OperationPrepare OperationKind = "prepare"
	// OperationQuery runs a text that is to give rows, up to the first row.
	OperationQuery OperationKind = "query"
	// OperationExec runs a text for its effect. BEGIN, COMMIT and ROLLBACK are such, too, unless lazy_begin makes a
	// BEGIN travel with another text.
	OperationExec OperationKind = "exec"
	// OperationRows lasts from the end of a Query, in whose context it begins, until its rows are closed.
	OperationRows OperationKind = "rows"
	// OperationCopy is a COPY from or to the program.
	OperationCopy OperationKind = "copy"
	// OperationBatch runs a text for many rows of arguments, with [Batch] or [Values].
	OperationBatch OperationKind = "batch"
	// OperationPing asks a session for a sign.
	OperationPing OperationKind = "ping"
	// OperationNotification is the arrival of a notification; it takes no time.
	OperationNotification OperationKind = "notification"
	// OperationNotice is the arrival of a notice; it takes no time.
	OperationNotice OperationKind = "notice"
)

// Operation is something that the driver does. It is the same at its start and its end, and must not be changed; the
// driver does not use it after its end. Printing it does not show arguments.
type Operation struct {
	// Kind says what it is.
	Kind OperationKind
	// Started is the time when it began.
	Started time.Time
	// Query is the text, with the server's placeholders and without arguments; empty for a Connect, a Ping and what
	// arrives by itself. Literals that the program has written into it may be secrets.
	Query string
	// ArgumentCount is the number of the text's arguments.
	ArgumentCount int
	// Host and Port say where the session is, as the connection string names it: a directory is that of a socket. When
	// a Connect begins they are those of the first host, and when it has succeeded those of the one that was found.
	Host string
	// Port is the port of Host.
	Port uint16
	// Database and User are those of the login.
	Database, User string
	// BackendPID is the process ID of the session, zero before there is one.
	BackendPID uint32
	// Notification is what has arrived; nil for all kinds but OperationNotification.
	Notification *Notification
	// Notice is what has arrived; nil for all kinds but OperationNotice.
	Notice *pgconn.Notice

	// Duration is the time from start to end. It and all that follows is known at the end.
	Duration time.Duration
	// CommandTag says what the server has done, such as "INSERT 0 1" (PostgreSQL documentation, "CommandComplete").
	// It is empty for a Query, whose Rows have it, for a Batch, and after an error; with [FetchSize] it is that of the
	// last page.
	CommandTag string
	// RowsAffected is the number of rows in CommandTag, and the sum of them for OperationBatch.
	RowsAffected int64
	// BatchSize is the number of rows that the program has given, for OperationBatch.
	BatchSize int
	// Rows is the number of rows that the program has read, for OperationRows.
	Rows int64
	// Opening is the Duration of the Query that has given the rows, for OperationRows.
	Opening time.Duration
	// Waiting is the time spent on reading from the network after the first row, for OperationRows. Opening and Waiting
	// together are what the program has waited for the server.
	Waiting time.Duration
	// Decoding is the time spent on converting values, for OperationRows. It is an estimate from each sixteenth row,
	// since measuring can take longer than decoding does.
	Decoding time.Duration
	// Err is how the operation has failed, nil if it has not. An error of the server may tell values of a row in its
	// Detail.
	Err error

	// arguments is a function because fmt prints an unexported field by its contents, but a function by its address.
	arguments func() []driver.NamedValue
}

// Arguments gives the arguments of the text, in the order of its placeholders. They may be secrets, and the program may
// change what they point to after the operation.
func (o *Operation) Arguments() []driver.NamedValue {
	if o.arguments == nil {
		return nil
	}
	return slices.Clone(o.arguments())
}

// fail notes how the operation has ended.
func (o *Operation) fail(err error) {
	o.Duration = time.Since(o.Started)
	if err != nil {
		o.Err, o.CommandTag, o.RowsAffected = err, "", 0
	}
}

// complete notes what the server has done; it does nothing where nobody traces.
func (o *Operation) complete(tag pgconn.CommandTag) {
	if o != nil {
		o.CommandTag, o.RowsAffected = tag.String(), tag.RowsAffected()
	}
}

// MultiTracer gives a Tracer that tells all of the tracers: starts in their order, each in the context that the one
// before has given, and ends in the opposite order. Nil ones are left out.
func MultiTracer(tracers ...Tracer) Tracer {
	return multiTracer(slices.DeleteFunc(slices.Clone(tracers), func(t Tracer) bool { return t == nil }))
}

type multiTracer []Tracer

func (m multiTracer) TraceStart(ctx context.Context, operation *Operation) context.Context {
	for _, tracer := range m {
		ctx = startTrace(ctx, tracer, operation)
	}
	return ctx
}

func (m multiTracer) TraceEnd(ctx context.Context, operation *Operation) {
	for _, tracer := range slices.Backward(m) {
		tracer.TraceEnd(ctx, operation)
	}
}

// startTrace calls TraceStart, and gives the context to go on with.
func startTrace(ctx context.Context, tracer Tracer, operation *Operation) context.Context {
	if traced := tracer.TraceStart(ctx, operation); traced != nil {
		return traced
	}
	return ctx
}

// trace runs an operation between the two calls of the tracer.
func trace(ctx context.Context, tracer Tracer, operation *Operation, run func(context.Context) error) error {
	operation.Started = time.Now()
	ctx = startTrace(ctx, tracer, operation)
	err := run(ctx)
	operation.fail(err)
	tracer.TraceEnd(ctx, operation)
	return err
}
