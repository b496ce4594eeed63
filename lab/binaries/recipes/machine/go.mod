module machine

go 1.26.0
