package main
import ("context";"fmt";"os")
func init(){ if os.Getenv("X")=="" {return}
 o,err:=observe(context.Background(),"20s"); if err!=nil{fmt.Println(err);os.Exit(1)}
 for i,s:=range o.suites{ n:=0; for _,v:=range o.values[i]{ if v[0]{n++}; if v[1]{n++}}; fmt.Println(s.name,n,"of",2*len(o.conditions)); fmt.Println(o.moves[i]) }
 for k,c:=range o.conditions{ t,f:=false,false; for i:=range o.suites{v:=o.values[i][k];f=f||v[0];t=t||v[1]}; if !t||!f {fmt.Println(c.file,c.line,c.text,"true",t,"false",f)}}
 os.Exit(0)}
