package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"time"
)

// handler gives the web service's routes.
func (b *board) handler() http.Handler {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the name is a valid path, as the compiler has found the folder
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /{$}", b.show)
	routes.HandleFunc("POST /talks", b.signUp)
	routes.HandleFunc("GET /events", b.events)
	routes.Handle("GET /page.css", http.FileServerFS(files))
	routes.Handle("GET /page.js", http.FileServerFS(files))
	return protect(http.NewCrossOriginProtection().Handler(routes))
}

// protect tells browsers to run and load nothing but the files of the board, should some text ever get through unescaped.
func protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; "+
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// farewell is how long requests that are under way get when the program ends.
const farewell = 10 * time.Second

// serve answers requests at an address until ctx ends, and then those that are under way.
func serve(ctx context.Context, b *board, address string, out io.Writer) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("-listen: %w", err)
	}
	server := &http.Server{Handler: b.handler(), ReadTimeout: 30 * time.Second}
	server.RegisterOnShutdown(b.changes.close) // streams of events would never end by themselves
	if _, err := fmt.Fprintf(out, "The board is at http://%s. Ctrl-C ends it.\n", listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("requests did not end in time: %w", err), server.Close())
	}
	return nil
}
