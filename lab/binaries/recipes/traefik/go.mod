// Traefik as a dependency: replacements in a dependency's go.mod do not count, so its own are repeated here.
// go-http-auth is pinned to an older commit than Traefik's, because the newer one is not on the module proxy.
module holdfast.invalid/lab/traefik

go 1.26.0

require github.com/traefik/traefik/v3 v3.7.11

replace (
	github.com/abbot/go-http-auth => github.com/containous/go-http-auth v0.4.1-0.20200324110947-a37a7636d23e
	github.com/gorilla/mux => github.com/containous/mux v0.0.0-20250523120546-41b6ec3aed59
	github.com/traefik/traefik/dynamic/ext => ./ext
)

// Traefik excludes it for the same reason: two modules would offer one package.
exclude github.com/tencentcloud/tencentcloud-sdk-go v3.0.83+incompatible
