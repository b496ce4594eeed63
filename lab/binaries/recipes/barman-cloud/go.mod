// The plug-in against the CloudNativePG that the lab runs: what its own go.mod wants of that project is newer, and is not
// on the module proxy. Its source lies in ./source while it is compiled, with the edits of edits.json.
module holdfast.invalid/lab/barman-cloud

go 1.26.4

require github.com/cloudnative-pg/plugin-barman-cloud v0.15.0

replace (
	github.com/cloudnative-pg/barman-cloud => github.com/cloudnative-pg/barman-cloud v0.3.3
	github.com/cloudnative-pg/cloudnative-pg => github.com/cloudnative-pg/cloudnative-pg v1.27.0
	github.com/cloudnative-pg/machinery => github.com/cloudnative-pg/machinery v0.3.1
	github.com/cloudnative-pg/plugin-barman-cloud => ./source
)
