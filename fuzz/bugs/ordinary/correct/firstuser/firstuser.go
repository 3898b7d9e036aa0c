// Package firstuser is correct, and easy to misjudge. The first user starts the
// service, or nobody does when it is closed before. A sync.Once decides which, and a
// channel that is closed publishes a plain variable.
package firstuser

import "sync"

// Server is started by the first who asks for its port.
type Server struct {
	once    sync.Once
	started chan struct{}
	stop    chan struct{}
	ended   chan struct{}
	port    int
}

// New returns a server that is not running.
func New() *Server {
	return &Server{started: make(chan struct{}), stop: make(chan struct{}), ended: make(chan struct{})}
}

func (s *Server) serve() {
	defer close(s.ended)
	s.port = 80
	close(s.started)
	<-s.stop
}

// Port starts the server if it is not closed, and returns 0 if it was closed before.
func (s *Server) Port() int {
	s.once.Do(func() { go s.serve() })
	<-s.started
	return s.port
}

// Close stops the server, if it is running, and keeps it from being started.
func (s *Server) Close() {
	s.once.Do(func() {
		close(s.started)
		close(s.ended)
	})
	close(s.stop)
	<-s.ended
}
