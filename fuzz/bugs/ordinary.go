package bugs

import "annulus/schedules"

// Ordinary is a bug of another project, re-created as an ordinary Go package that knows
// nothing of annulus; or a package without one that is easy to misjudge. They are a
// module of their own in the directory ordinary, which must be explored as it is: there
// is Name/broken, Name/fixed beside it with the same test, and correct/Name for what has
// never had a bug.
type Ordinary struct {
	// Name is that of the package, unique.
	Name string

	// Project is where the bug was, Link the public report. Both are "" for what has
	// never had a bug.
	Project, Link string

	// Primitives are what the packages synchronise by, in alphabetical order: atomic, chan,
	// cond, context, mutex, once, rwmutex, select, time, waitgroup. Those of the tests
	// do not count.
	Primitives []string

	// About tells in a sentence what goes wrong, or what looks as if it did.
	About string

	// Class is how the broken one fails, 0 for what has never had a bug.
	Class schedules.Class

	// Also are classes of other schedules of the broken one.
	Also []schedules.Class

	// Pending tells why the bug need not be found yet, "" if it must.
	Pending string

	// Incomplete tells why the fixed one, or the correct one, cannot be explored completely
	// by default, "" if it can.
	Incomplete string
}

// Correct reports whether this is a package that has never had a bug.
func (o *Ordinary) Correct() bool { return o.Link == "" }

// Tested returns the directories of its packages, from the module's root.
func (o *Ordinary) Tested() []string {
	if o.Correct() {
		return []string{"correct/" + o.Name}
	}
	return []string{o.Name + "/broken", o.Name + "/fixed"}
}

// OrdinaryModule is the path of the module in the directory ordinary.
const OrdinaryModule = "ordinary"

// AllOrdinary returns the ordinary packages, always in the same order.
func AllOrdinary() []Ordinary {
	return []Ordinary{
		{
			Name: "abandonedreplay", Project: "Kubernetes", Link: "https://github.com/kubernetes/kubernetes/pull/38669",
			Primitives: []string{"chan", "once", "select"}, Class: schedules.Leak,
			About: "A replay looks whether it was stopped, and then sends to a reader who has stopped it meanwhile.",
		},
		{
			Name: "addressfeed", Project: "etcd, client", Link: "https://github.com/etcd-io/etcd/pull/7443",
			Primitives: []string{"chan", "mutex"}, Class: schedules.Deadlock,
			About: "The address in use is sent under the lock, into a channel whose reader may want the lock.",
		},
		{
			Name: "cancelledwait", Project: "Slingshot", Link: "https://github.com/stellar/slingshot/pull/41",
			Primitives: []string{"cond", "context", "mutex"}, Class: schedules.Deadlock,
			About: "The end of a context is broadcast without the lock, between a waiter's look at the context and its Wait.",
		},
		{
			Name: "closedsubscriber", Project: "leandro-lugaresi/hub", Link: "https://github.com/leandro-lugaresi/hub/issues/16",
			Primitives: []string{"chan", "rwmutex", "select"}, Class: schedules.Panic, Also: []schedules.Class{schedules.Race},
			About: "A reader who was looked up under the lock leaves, which closes its channel, before the message is sent to it.",
		},
		{
			Name: "closingqueue", Project: "gRPC-Go", Link: "https://github.com/grpc/grpc-go/pull/1687",
			Primitives: []string{"chan", "once", "select"}, Class: schedules.Panic, Also: []schedules.Class{schedules.Race},
			About: "The end closes a queue to which writers are about to send.",
		},
		{
			Name: "coinflip", Project: "E2B, infrastructure", Link: "https://github.com/e2b-dev/infra/pull/3241",
			Primitives: []string{"chan", "context", "once", "select"}, Class: schedules.Property,
			About: "The value is there and the context has ended after that, and a select takes either.",
		},
		{
			Name: "deafcaller", Project: "Erigon", Link: "https://github.com/erigontech/erigon/issues/16665",
			Primitives: []string{"chan", "context", "select"}, Class: schedules.Leak,
			About: "The answer is sent to a caller who may have left with its context.",
		},
		{
			Name: "dormantping", Project: "gRPC-Go", Link: "https://github.com/grpc/grpc-go/pull/1460",
			Primitives: []string{"chan", "mutex"}, Class: schedules.Deadlock,
			About: "The pinger sleeps with the lock that a new stream needs to wake it.",
		},
		{
			Name: "drainedonce", Project: "CockroachDB", Link: "https://github.com/cockroachdb/cockroach/pull/35073",
			Primitives: []string{"atomic", "chan", "select"}, Class: schedules.Deadlock,
			About: "A reader who closes makes room for one producer, and two may be waiting for room.",
		},
		{
			Name: "droppedsignal", Project: "JuiceFS", Link: "https://github.com/juicedata/juicefs/pull/3782",
			Primitives: []string{"chan", "mutex", "select"}, Class: schedules.Deadlock,
			About: "A signal is dropped when the waiter has given back the lock and does not receive yet.",
		},
		{
			Name: "earlyreport", Project: "gRPC-Go", Link: "https://github.com/grpc/grpc-go/pull/3090",
			Primitives: []string{"mutex", "waitgroup"}, Class: schedules.Race, Also: []schedules.Class{schedules.Panic},
			About: "A source fails while it is being made, and is asked again by a field that is not set yet.",
		},
		{
			Name: "evictioncount", Project: "Istio", Link: "https://github.com/istio/istio/pull/8144",
			Primitives: []string{"chan", "mutex"}, Class: schedules.Race,
			About: "What a store drops is counted in its goroutine, in a plain variable that the test reads.",
		},
		{
			Name: "expirytick", Project: "etcd", Link: "https://github.com/etcd-io/etcd/pull/7492",
			Primitives: []string{"chan", "mutex", "select", "time"}, Class: schedules.Deadlock,
			About: "A pass is issued under the lock, into a full queue whose reader is about to withdraw others, under the lock.",
		},
		{
			Name: "heldhandover", Project: "Kubernetes", Link: "https://github.com/kubernetes/kubernetes/pull/26980",
			Primitives: []string{"chan", "cond", "mutex", "select"}, Class: schedules.Deadlock,
			About: "Something is handed over under the lock, to a reader who first puts something in.",
		},
		{
			Name: "keptslot", Project: "clickhouse-go", Link: "https://github.com/ClickHouse/clickhouse-go/pull/1759",
			Primitives: []string{"chan", "context", "select"}, Class: schedules.Property,
			About: "One who has a slot and then sees that its context has ended leaves without giving it back.",
		},
		{
			Name: "lateanswer", Project: "Kubernetes", Link: "https://github.com/kubernetes/kubernetes/pull/5316",
			Primitives: []string{"chan", "select", "time"}, Class: schedules.Leak,
			About: "What has taken too long sends its result to nobody.",
		},
		{
			Name: "lateenqueue", Project: "Knative Serving", Link: "https://github.com/knative/serving/pull/3068",
			Primitives: []string{"atomic", "chan"}, Class: schedules.Panic, Also: []schedules.Class{schedules.Race},
			About: "A job is sent by one who has seen the runner open, and its channel was closed meanwhile.",
		},
		{
			Name: "latehook", Project: "Knative Serving", Link: "https://github.com/knative/serving/pull/3148",
			Primitives: []string{"waitgroup"}, Class: schedules.Race,
			About: "A test double is given a hook while a goroutine reads the list of hooks.",
		},
		{
			Name: "loserwaits", Project: "etcd", Link: "https://github.com/etcd-io/etcd/pull/7902",
			Primitives: []string{"chan", "mutex"}, Class: schedules.Deadlock,
			About: "A voter waits for the end of the vote with the lock that the winner needs to end it.",
		},
		{
			Name: "nestedread", Project: "OVN-Kubernetes", Link: "https://github.com/ovn-kubernetes/ovn-kubernetes/pull/1379",
			Primitives: []string{"rwmutex"}, Class: schedules.Deadlock,
			About: "A handler that is called under the read lock takes it once more, behind a writer who has come in between.",
		},
		{
			Name: "ownerblocked", Project: "cskr/pubsub", Link: "https://github.com/cskr/pubsub/issues/6",
			Primitives: []string{"chan"}, Class: schedules.Deadlock,
			About: "The goroutine that owns the members waits for one that reads no more and waits for that goroutine.",
		},
		{
			Name: "partialtokens", Project: "Dgraph", Link: "https://github.com/dgraph-io/dgraph/pull/4453",
			Primitives: []string{"chan", "waitgroup"}, Class: schedules.Deadlock,
			About: "Tokens are taken one by one, and two who need them all have some each.",
		},
		{
			Name: "predecessors", Project: "CockroachDB", Link: "https://github.com/cockroachdb/cockroach/pull/10790",
			Primitives: []string{"chan", "context", "select"}, Class: schedules.Leak,
			About: "What is left is discarded from the first part on, which has been received already.",
		},
		{
			Name: "sendunderlock", Project: "Kubernetes", Link: "https://github.com/kubernetes/kubernetes/pull/10182",
			Primitives: []string{"chan", "mutex"}, Class: schedules.Deadlock,
			About: "A change is announced under the lock that its reader takes before it reads on.",
		},
		{
			Name: "sharedscratch", Project: "Kubernetes", Link: "https://github.com/kubernetes/kubernetes/pull/77796",
			Primitives: []string{"mutex"}, Class: schedules.Race,
			About: "A list is copied under the lock into memory that is used for the next copy as well.",
		},
		{
			Name: "stoppedconsumer", Project: "CockroachDB", Link: "https://github.com/cockroachdb/cockroach/pull/1462",
			Primitives: []string{"chan", "select", "waitgroup"}, Class: schedules.Deadlock,
			About: "The producer looks whether it is to stop, and then sends to a consumer that has stopped.",
		},
		{
			Name: "twoflights", Project: "janos/singleflight", Link: "https://github.com/janos/singleflight/issues/4",
			Primitives: []string{"chan", "context", "mutex", "select"}, Class: schedules.Property,
			About: "One who waits no longer takes a load out of the table, and the next one starts another beside it.",
		},
		{
			Name: "unheardwatch", Project: "Kubernetes", Link: "https://github.com/kubernetes/kubernetes/pull/25331",
			Primitives: []string{"chan", "context", "select"}, Class: schedules.Leak,
			About: "An event is sent on to a reader who may have ended the watch.",
		},
		{
			Name: "cancelledbranches", Primitives: []string{"context", "mutex", "waitgroup"},
			About: "The end of a context ends all that was derived from it, and nothing else.",
		},
		{
			Name: "firstuser", Primitives: []string{"chan", "once"},
			About: "A service is started by its first user or closed before, and publishes a plain variable by closing a channel.",
		},
		{
			Name: "lazyvalue", Primitives: []string{"atomic", "mutex"},
			About: "A value is looked for without the lock, and again under it.",
		},
		{
			Name: "oneanswer", Primitives: []string{"chan", "select", "time"},
			About: "The answer and the limit come at the same instant, and the answer is delivered once.",
		},
		{
			Name: "pollboth", Primitives: []string{"chan", "select"},
			About: "A loop polls two channels and never waits.",
		},
		{
			Name: "trying", Primitives: []string{"mutex"},
			About: "A lock is only ever tried, again and again.",
		},
		{
			Name: "turnstile", Primitives: []string{"cond", "mutex"},
			About: "Goroutines wait for each other, round after round.",
		},
	}
}
