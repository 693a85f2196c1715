package main

import (
	"fmt"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// list gives a line for everything exported of a package, in the order of the lines.
func list(listed *types.Package) []string {
	w := &writer{listed: listed}
	for _, name := range listed.Scope().Names() {
		if object := listed.Scope().Lookup(name); object.Exported() {
			w.object(object)
		}
	}
	slices.Sort(w.lines)
	return w.lines
}

// writer collects the lines of a package.
type writer struct {
	listed *types.Package
	lines  []string
}

func (w *writer) add(format string, arguments ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, arguments...))
}

// text gives a type as it is written in the package.
func (w *writer) text(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == w.listed {
			return ""
		}
		return p.Name()
	})
}

// unnamedResult is what export data calls a result that has no name beside others.
var unnamedResult = regexp.MustCompile(`#rv\d+ `)

func (w *writer) signature(function *types.Func) string {
	return unnamedResult.ReplaceAllString(strings.TrimPrefix(w.text(function.Signature()), "func"), "")
}

// constant leaves out the type of a constant that has none of its own.
func (w *writer) constant(object *types.Const) {
	declared := object.Name()
	if basic, ok := object.Type().(*types.Basic); !ok || basic.Info()&types.IsUntyped == 0 {
		declared += " " + w.text(object.Type())
	}
	w.add("const %s = %s", declared, object.Val().ExactString())
}

func (w *writer) object(object types.Object) {
	switch object := object.(type) {
	case *types.Const:
		w.constant(object)
	case *types.Var:
		w.add("var %s %s", object.Name(), w.text(object.Type()))
	case *types.Func:
		w.add("func %s%s", object.Name(), w.signature(object))
	case *types.TypeName:
		w.typeName(object)
	}
}

func (w *writer) typeName(object *types.TypeName) {
	if alias, ok := object.Type().(*types.Alias); ok {
		w.add("type %s = %s", w.text(alias), w.text(alias.Rhs()))
		return
	}
	head := "type " + w.text(object.Type())
	switch underlying := object.Type().Underlying().(type) {
	case *types.Struct:
		w.add("%s struct", head)
		w.fields(head+" struct", underlying)
	case *types.Interface:
		w.interfaceType(head, underlying)
	default:
		w.add("%s %s", head, w.text(underlying))
	}
	w.methods(object)
}

func (w *writer) fields(head string, structure *types.Struct) {
	for field := range structure.Fields() {
		switch {
		case field.Embedded():
			w.add("%s, embedded %s", head, w.text(field.Type()))
		case field.Exported():
			w.add("%s, %s %s", head, field.Name(), w.text(field.Type()))
		}
	}
}

// interfaceType tells whether there are unexported methods, too, so that other packages cannot implement it.
func (w *writer) interfaceType(head string, face *types.Interface) {
	if !face.IsMethodSet() {
		w.add("%s %s", head, w.text(face))
		return
	}
	names, unexported := []string{}, false
	for method := range face.Methods() {
		if !method.Exported() {
			unexported = true
			continue
		}
		names = append(names, method.Name())
		w.add("%s interface, %s%s", head, method.Name(), w.signature(method))
	}
	if unexported {
		names = append(names, "unexported methods")
	}
	w.add("%s interface { %s }", head, strings.Join(names, ", "))
}

// methods gives those that the package declares, also where a type has them by embedding an unexported one.
func (w *writer) methods(object *types.TypeName) {
	if types.IsInterface(object.Type()) {
		return
	}
	ofValue := types.NewMethodSet(object.Type())
	for selection := range types.NewMethodSet(types.NewPointer(object.Type())).Methods() {
		method := selection.Obj().(*types.Func)
		if !method.Exported() || method.Pkg() != w.listed {
			continue
		}
		receiver := w.text(object.Type())
		if ofValue.Lookup(method.Pkg(), method.Name()) == nil {
			receiver = "*" + receiver
		}
		w.add("method (%s) %s%s", receiver, method.Name(), w.signature(method))
	}
}
