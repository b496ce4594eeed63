// Package ext stands for the extension point that Traefik keeps beside its module and does not publish.
package ext

// HTTP extends the dynamic HTTP configuration by nothing.
type HTTP struct{}

// Router extends a router by nothing.
type Router struct{}
