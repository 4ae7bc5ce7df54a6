package met

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const moduleRoot = "../.."

// goFiles parses every Go file of the module, with its folder.
func goFiles(t *testing.T, tests bool, use func(folder string, file *ast.File)) {
	t.Helper()
	files := token.NewFileSet()
	err := filepath.WalkDir(moduleRoot, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "node_modules" || name == "ext" || name == "testdata" || len(name) > 2 && name[0] == '.') {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") != tests {
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(moduleRoot, filepath.Dir(path))
		use(filepath.ToSlash(folder), file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// code is what the program itself says.
type code struct {
	refusals map[string][]string // key → the folders that refuse with it
	tables   int                 // step tables of package forum
}

// readCode finds each refusal. A key that isn't written out where it is refused couldn't be found, so it fails.
func readCode(t *testing.T) code {
	t.Helper()
	all := code{refusals: map[string][]string{}}
	goFiles(t, false, func(folder string, file *ast.File) {
		ast.Inspect(file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.CallExpr:
				if name(n.Fun) != "Refuse" {
					break
				}
				key, written := "", false
				if len(n.Args) == 2 {
					key, written = literal(n.Args[1])
				}
				if !written {
					t.Errorf("%s refuses with a key that isn't written out", folder)
				} else if !slices.Contains(all.refusals[key], folder) {
					all.refusals[key] = append(all.refusals[key], folder)
				}
			case *ast.CompositeLit:
				if made, is := n.Type.(*ast.SelectorExpr); is && made.Sel.Name == "Error" && name(made.X) == "forum" && len(n.Elts) > 0 {
					t.Errorf("%s makes a refusal without forum.Refuse", folder)
				}
				if table, is := n.Type.(*ast.IndexExpr); is && name(table.X) == "Steps" && folder == "forum" {
					all.tables++
				}
			}
			return true
		})
	})
	return all
}

// testFunc is what one test says, itself and through the functions, methods and tables of its package's tests.
type testFunc struct {
	folder  string
	imports map[string]bool // of its package's test files
	own     said            // by the test itself and its tables
	all     said            // by whatever it uses, too
	expects map[string]bool // what stands in strings as a key would, but not what a stand-in is made to refuse with
}

type said struct {
	idents map[string]bool
	words  map[string]bool // in strings, and the statuses that are named by their constants
	parts  map[string]bool // of addresses in strings
}

// declared is the test code of one package: top-level names and what they stand for. Methods of one name count together.
type declared struct {
	folder  string
	imports map[string]bool
	nodes   map[string][]ast.Node
	tests   []string
}

// readTests reads each test function of the module, by folder.TestName.
func readTests(t *testing.T) map[string]*testFunc {
	t.Helper()
	packages := map[string]*declared{}
	goFiles(t, true, func(folder string, file *ast.File) {
		id := folder + " " + file.Name.Name
		p := packages[id]
		if p == nil {
			p = &declared{folder: folder, imports: map[string]bool{}, nodes: map[string][]ast.Node{}}
			packages[id] = p
		}
		p.read(file)
	})
	statuses, all := readStatuses(t), map[string]*testFunc{}
	for _, p := range packages {
		for _, test := range p.tests {
			all[p.folder+"."+test] = p.test(test, statuses)
		}
	}
	return all
}

func (p *declared) read(file *ast.File) {
	for _, i := range file.Imports {
		path, _ := literal(i.Path)
		p.imports[path] = true
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			p.nodes[d.Name.Name] = append(p.nodes[d.Name.Name], d)
			if d.Recv == nil && strings.HasPrefix(d.Name.Name, "Test") {
				p.tests = append(p.tests, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if v, is := s.(*ast.ValueSpec); is {
					for _, n := range v.Names {
						p.nodes[n.Name] = append(p.nodes[n.Name], v)
					}
				}
			}
		}
	}
}

// test follows a test to whatever it uses.
func (p *declared) test(start string, statuses map[string][]string) *testFunc {
	f := &testFunc{folder: p.folder, imports: p.imports, own: newSaid(), all: newSaid(), expects: map[string]bool{}}
	seen := map[string]bool{start: true}
	for queue := []string{start}; len(queue) > 0; queue = queue[1:] {
		for _, node := range p.nodes[queue[0]] {
			function, isFunc := node.(*ast.FuncDecl)
			isTable := !isFunc || function.Type.Params.NumFields() == 0 && function.Recv == nil
			// What a stand-in of the store answers is nothing that the test expects.
			expecting, stand := !isFunc || function.Recv == nil, map[*ast.BasicLit]bool{}
			if isFunc {
				stand = standIns(node)
			}
			into := []said{f.all}
			if isTable || queue[0] == start {
				into = append(into, f.own)
			}
			ast.Inspect(node, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Ident:
					for _, s := range into {
						s.ident(n.Name, statuses[n.Name])
					}
					if p.nodes[n.Name] != nil && !seen[n.Name] {
						seen[n.Name] = true
						queue = append(queue, n.Name)
					}
				case *ast.BasicLit:
					text, _ := literal(n)
					for _, s := range into {
						s.text(text)
					}
					if expecting && !stand[n] {
						for key := range strings.FieldsFuncSeq(text, func(r rune) bool { return r != '.' && r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
							f.expects[key] = true
						}
					}
				}
				return true
			})
		}
	}
	return f
}

func newSaid() said {
	return said{idents: map[string]bool{}, words: map[string]bool{}, parts: map[string]bool{}}
}

func (s said) ident(name string, statuses []string) {
	s.idents[name] = true
	for _, status := range statuses {
		s.words[status] = true
	}
}

func (s said) text(text string) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }) {
		s.words[word] = true
	}
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '/' || r == '?' }) {
		s.parts[part] = true
	}
}

// standIns are the strings with which a test function only arms a stand-in: forum.Refuse(…) anywhere but in a comparison.
func standIns(root ast.Node) map[*ast.BasicLit]bool {
	all := map[*ast.BasicLit]bool{}
	mark := func(call *ast.CallExpr, is bool) {
		for _, argument := range call.Args {
			if lit, written := argument.(*ast.BasicLit); written {
				all[lit] = is
			}
		}
	}
	ast.Inspect(root, func(n ast.Node) bool {
		if call, is := n.(*ast.CallExpr); is && name(call.Fun) == "Refuse" {
			mark(call, true)
		}
		return true
	})
	ast.Inspect(root, func(n ast.Node) bool {
		call, is := n.(*ast.CallExpr)
		if !is || name(call.Fun) != "Is" && name(call.Fun) != "mustRefuse" {
			return true
		}
		ast.Inspect(call, func(n ast.Node) bool {
			if compared, is := n.(*ast.CallExpr); is && name(compared.Fun) == "Refuse" {
				mark(compared, false)
			}
			return true
		})
		return true
	})
	return all
}

// readStatuses takes forum's constants like: Open ForumStatus = "open", by the constant's name.
func readStatuses(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	goFiles(t, false, func(folder string, file *ast.File) {
		if folder != "forum" {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			v, is := n.(*ast.ValueSpec)
			if !is || len(v.Values) != 1 || v.Type == nil || !strings.HasSuffix(name(v.Type), "Status") {
				return true
			}
			if status, written := literal(v.Values[0]); written {
				all[v.Names[0].Name] = append(all[v.Names[0].Name], status)
			}
			return true
		})
	})
	if len(slices.Collect(maps.Keys(all))) < 50 {
		t.Fatal("found hardly any status: the search is broken")
	}
	return all
}

func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	lit, is := e.(*ast.BasicLit)
	if !is || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}
