// CoreDNS as a library: the program is the main.go beside this file.
module holdfast.invalid/lab/coredns

go 1.26.0

require github.com/coredns/coredns v1.12.2
