module ordinary

go 1.25
