module holdfast.invalid/lab/restic

go 1.26.0

require github.com/restic/restic v0.19.1
