package snippets

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// opens has the calls whose connection string leads to the test's server.
var opens = []string{
	"sql.Open", "sqlx.Connect", "sqlx.Open", "pgadapt.ParseConfig", "pq.NewConnector", "pq.NewListener", "pgx.ParseConfig",
	"pgconn.Connect",
}

// fails has the methods whose error a snippet must not drop, since whoever copies it would.
var fails = []string{"Begin", "BeginTx", "Commit", "Exec", "ExecContext", "Prepare", "PrepareContext", "Query", "QueryContext", "Scan"}

func identifiers(expressions ...ast.Expr) []*ast.Ident {
	var found []*ast.Ident
	for _, expression := range expressions {
		if identifier, ok := expression.(*ast.Ident); ok && identifier.Name != "_" {
			found = append(found, identifier)
		}
	}
	return found
}

// assigned gives the variables on the left of an assignment.
func assigned(assignment *ast.AssignStmt) []*ast.Ident { return identifiers(assignment.Lhs...) }

// leadToServer calls found for each connection string that is given to a call of opens.
func leadToServer(file *ast.File, found func(*ast.BasicLit)) {
	ast.Inspect(file, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok || !slices.Contains(opens, calledName(call)) {
			return true
		}
		for _, argument := range call.Args {
			if literal, ok := argument.(*ast.BasicLit); ok && literal.Kind == token.STRING && isConnectionString(literal.Value) {
				found(literal)
			}
		}
		return true
	})
}

// calledName gives the called function or method behind the name before its point, empty for others.
func calledName(call *ast.CallExpr) string {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if name, ok := selector.X.(*ast.Ident); ok {
		return name.Name + "." + selector.Sel.Name
	}
	return "." + selector.Sel.Name
}

func isConnectionString(literal string) bool {
	return strings.Contains(literal, "://") || strings.Contains(literal, "=")
}

// droppedError finds a call of fails that is a statement by itself.
func droppedError(file *ast.File) ast.Node {
	var found ast.Node
	ast.Inspect(file, func(node ast.Node) bool {
		if statement, ok := node.(*ast.ExprStmt); ok && found == nil {
			if call, ok := statement.X.(*ast.CallExpr); ok {
				_, method, _ := strings.Cut(calledName(call), ".")
				if slices.Contains(fails, method) {
					found = call
				}
			}
		}
		return true
	})
	return found
}

// useVariables uses the variables of a block, which in a page are for what comes next.
func useVariables(body *ast.BlockStmt, insert func(token.Pos, string)) {
	use := func(end token.Pos, names []*ast.Ident) {
		for _, name := range names {
			insert(end, "; _ = "+name.Name)
		}
	}
	for _, statement := range body.List {
		switch statement := statement.(type) {
		case *ast.AssignStmt:
			if statement.Tok == token.DEFINE {
				use(statement.End(), assigned(statement))
			}
		case *ast.DeclStmt:
			for _, spec := range statement.Decl.(*ast.GenDecl).Specs {
				if values, ok := spec.(*ast.ValueSpec); ok && statement.Decl.(*ast.GenDecl).Tok == token.VAR {
					use(statement.End(), values.Names)
				}
			}
		}
	}
}

// checkErrors returns each error that a block assigns and does not look at in its next statement but declarations. Functions within are
// left as they are.
func checkErrors(body *ast.BlockStmt, insert func(token.Pos, string)) {
	ast.Inspect(body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BlockStmt:
			checkErrorsOf(node.List, insert)
		case *ast.CaseClause:
			checkErrorsOf(node.Body, insert)
		case *ast.CommClause:
			checkErrorsOf(node.Body, insert)
		}
		return true
	})
}

func checkErrorsOf(list []ast.Stmt, insert func(token.Pos, string)) {
	for i, statement := range list {
		assignment, ok := statement.(*ast.AssignStmt)
		if !ok || !slices.ContainsFunc(assigned(assignment), func(name *ast.Ident) bool { return name.Name == "err" }) {
			continue
		}
		next := i + 1
		for next < len(list) && isDeclaration(list[next]) {
			next++
		}
		if next == len(list) || !looksAtError(list[next]) {
			insert(assignment.End(), "; if err != nil { return err }")
		}
	}
}

func isDeclaration(statement ast.Stmt) bool {
	_, ok := statement.(*ast.DeclStmt)
	return ok
}

// looksAtError reports whether a statement decides by err, returns it, or shows it.
func looksAtError(statement ast.Stmt) bool {
	switch statement.(type) {
	case *ast.IfStmt, *ast.SwitchStmt, *ast.ReturnStmt, *ast.ExprStmt:
	default:
		return false
	}
	found := false
	ast.Inspect(statement, func(node ast.Node) bool {
		name, ok := node.(*ast.Ident)
		found = found || ok && name.Name == "err"
		return true
	})
	return found
}
