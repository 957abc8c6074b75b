"""What a Python file calls, scope by scope, in the order it would happen.

In: a syntax tree. Out: `Code`, plain values that can be kept after the tree is gone. Names are
resolved through the file's own imports and assignments, so `r = np.random; r.rand()` is
`numpy.random.rand`. Calls no rule and no file of the repository could know are dropped.

Text order is kept within a scope; bodies of functions are scopes of their own, because they run
when called.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from holdshort.checks.facts import python_values as values
from holdshort.checks.facts.code import Code
from holdshort.checks.facts.data_flow import Flow, flows_in
from holdshort.checks.facts.imports import Imported, Need, catches_absence, is_type_checking
from holdshort.checks.facts.program import MAIN, Call, Import, Program, Scope
from holdshort.checks.facts.python_scopes import (
    CODE_FIELDS,
    Around,
    Frame,
    Function,
    bound_names,
    deciding_texts,
    default_pairs,
    defaults,
    defined,
    is_main_guard,
    plain_names,
    scope_of,
    stored_name,
    telling_line,
)
from holdshort.checks.facts.python_values import Source
from holdshort.checks.facts.sightings import Look, Sighting, Site
from holdshort.checks.facts.sights.registry import (
    CALLS,
    FLOWING,
    KEYWORDS,
    REFERENCES,
    STORES,
    STRINGS,
)

MAX_TARGET = 160
"""Longest dotted name followed, in characters. Source: our own limit."""

Keep = Callable[[str], bool]


def read_code(tree: ast.Module, keep: Keep) -> Code:
    """Return what a file does; `keep` tells which resolved calls matter to its program.

    Raises:
        RecursionError: an expression is nested more deeply than Python can follow.
    """
    reader = _Reader(keep)
    reader.read(tree)
    program = Program(
        scopes={scope.name: scope for scope in reader.scopes},
        imports={k: v for k, v in reader.module.names.items() if not v.startswith(":")},
        classes=frozenset(reader.classes),
        options=reader.options,
        is_script=reader.is_script,
    )
    flows = tuple(reader.flows)
    return Code(program, tuple(reader.imported), tuple(reader.sightings), flows)


class _Reader:
    def __init__(self, keep: Keep) -> None:
        self.keep = keep
        self.module = Frame("")
        self.frame = self.module
        self.scopes: list[Scope] = []
        self.classes: set[str] = set()
        self.options: dict[str, Source] = {}
        self.is_script = False
        self.pending: list[tuple[Function, Frame]] = []
        self.need = Need.PLAIN
        self.imported: list[Imported] = []
        self.sightings: list[Sighting] = []
        self.around = Around()
        self.called: ast.expr | None = None
        self.flows: list[Flow] = []
        self.aliases: set[str] = set()

    def read(self, tree: ast.Module) -> None:
        for name in defined(tree.body):
            self.module.names[name] = f":{name}"
        self._all(tree.body)
        self._flow(tree.body, 0)
        self.scopes.append(scope_of("", 1, self.module))
        while self.pending:
            self._body(*self.pending.pop(0))

    def resolve(self, node: ast.expr) -> str:
        """Return the dotted name of an expression; the value of a call is its function's."""
        if isinstance(node, ast.Name):
            return self.frame.lookup(node.id)
        if isinstance(node, ast.Attribute):
            base = self.resolve(node.value)
            usable = base and len(base) < MAX_TARGET
            return f"{base}.{node.attr}" if usable else f"?.{node.attr}"
        if isinstance(node, ast.Call):
            return self.resolve(node.func)
        return self.resolve(node.value) if isinstance(node, ast.Subscript | ast.Await) else ""

    def source(self, node: ast.expr) -> Source:
        return values.source_of(node, self.resolve, self.frame.source)

    def text(self, node: ast.expr) -> str:
        return values.text_from(node, self.frame.text)

    def _flow(self, body: list[ast.stmt], since: int) -> None:
        """Keep how values flow in a body where a topic that asks for it saw something."""
        seen = self.sightings[since:]
        asked = {one.detail("at") for one in seen if one.topic in FLOWING}
        if asked:
            self.flows.extend(flows_in(body, self.frame.name, asked, self.aliases))

    def _all(self, nodes: list[ast.stmt]) -> None:
        before = self.around.statement
        for node in nodes:
            self.around.statement = node
            self._visit(node)
        self.around.statement = before

    def _visit(self, node: ast.AST) -> None:
        special = _SPECIAL.get(type(node))
        if special:
            special(self, node)
        else:
            self._children(node)

    def _children(self, node: ast.AST) -> None:
        for name in CODE_FIELDS[type(node)]:
            child = getattr(node, name, None)
            if isinstance(child, list):
                for item in child:
                    if isinstance(item, ast.AST):
                        self._visit(item)
            elif isinstance(child, ast.AST):
                self._visit(child)

    def _name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.frame.texts[node.id] = ""
            return
        self.frame.read.add(node.id)
        if node.id in REFERENCES and node is not self.called:
            self._see(REFERENCES[node.id], node, self.resolve(node), node.lineno)

    def _attribute(self, node: ast.Attribute) -> None:
        self.frame.read.add(node.attr)
        is_read = isinstance(node.ctx, ast.Load) and node is not self.called
        if is_read and node.attr in REFERENCES:
            self._see(REFERENCES[node.attr], node, self.resolve(node), node.end_lineno or 0)
        self._visit(node.value)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            local = alias.asname or alias.name.partition(".")[0]
            self._bind(local, alias.name if alias.asname else local)
            self._event(Import(alias.name, node.lineno))
            self.imported.append(Imported(alias.name, node.lineno, self.need))

    def _import_from(self, node: ast.ImportFrom) -> None:
        base = "." * node.level + (node.module or "")
        if node.level == 0:
            names = tuple(alias.name for alias in node.names)
            self.imported.append(Imported(base, node.lineno, self.need, names=names))
        for alias in node.names:
            target = f"{base}.{alias.name}" if node.module else f"{base}{alias.name}"
            if alias.name == "*":
                self._keep_call(target, node.lineno)
            else:
                self._bind(alias.asname or alias.name, target)
            self._event(Import(target, node.lineno))

    def _bind(self, local: str, target: str) -> None:
        self.aliases.add(local)
        self.frame.names.setdefault(local, target)
        if self.frame is not self.module:
            self.module.names.setdefault(local, target)

    def _assign(self, node: ast.Assign) -> None:
        self._value(node.value, node.targets)
        for target in node.targets:
            self._store(target, node.value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is None:
            return
        self._value(node.value, [node.target])
        self._store(node.target, node.value)

    def _value(self, value: ast.expr, targets: list[ast.expr]) -> None:
        before = self.frame.bound
        self.frame.bound = tuple(bound_names(targets))
        if all(isinstance(target, ast.Name) for target in targets):
            self.called = value
        self._visit(value)
        self.frame.bound = before

    def _store(self, target: ast.expr, value: ast.expr) -> None:
        name, base = stored_name(target)
        self.frame.note_seeds(target, value, self.source)
        if name in STORES:
            self._see(STORES[name], value, self.resolve(base) or "?", target.lineno)
        if isinstance(target, ast.Name):
            source = self.source(value)
            self.frame.assign(target.id, self.resolve(value), source, self.text(value))
            self.frame.note_made(target.id, value)
            if values.is_setting(target.id) and (self.frame.is_class or self.frame is self.module):
                self.options[target.id] = values.field_default(value, source, self.source)
        elif isinstance(target, ast.Attribute) and values.is_setting(target.attr):
            source = self.source(value)
            if not source.startswith("param:"):
                self.options.setdefault(target.attr, source)
            elif (default := self.frame.source(f"={source[6:]}")) != "":
                self.options.setdefault(target.attr, default)
        else:
            self._visit(target)

    def _call(self, node: ast.Call) -> None:
        self.called = node.func
        self._visit(node.func)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self._visit(argument)
        self.options.update(values.declared_option(node, self.source))
        target = self.resolve(node.func)
        looks = CALLS.get(target.rpartition(".")[2])
        if looks and not self.frame.is_made(node.func):
            self._see(looks, node, target, telling_line(node))
        for keyword in node.keywords:
            if keyword.arg in KEYWORDS:
                self._see(KEYWORDS[keyword.arg], node, target, keyword.lineno)
        if target and self.keep(target):
            args = tuple("*" if isinstance(a, ast.Starred) else self.source(a) for a in node.args)
            named = tuple(self._named(node))
            compared, bound = self.frame.compared, self.frame.bound
            texts = tuple(deciding_texts(node))
            self._event(Call(target, telling_line(node), args, named, compared, bound, texts))

    def _named(self, node: ast.Call) -> Iterator[tuple[str, Source]]:
        for keyword in node.keywords:
            if keyword.arg is None:
                yield from self.frame.unpacked(keyword.value, self.source)
            yield keyword.arg or "**", self.source(keyword.value)

    def _see(self, looks: tuple[Look, ...], node: ast.expr, target: str, line: int) -> None:
        frame = self.frame
        know = (self.resolve, self.source, self.text, self.around.of)
        site = Site(node, target, line, frame.name, frame.bound, *know)
        self.sightings.extend(seen for look in looks if (seen := look(site)) is not None)

    def _constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            for hints, look in STRINGS:
                if any(hint in node.value for hint in hints):
                    self._see((look,), node, "", node.lineno)

    def _expression(self, node: ast.Expr) -> None:
        """Read a statement that is only an expression; a text alone is a comment."""
        if not isinstance(node.value, ast.Constant):
            self._visit(node.value)

    def _keep_call(self, target: str, line: int) -> None:
        if self.keep(target):
            self._event(Call(target, line))

    def _event(self, event: Call | Import) -> None:
        if isinstance(event, Call) or self.keep(event.target):
            self.frame.events.append(event)

    def _compare(self, node: ast.Compare) -> None:
        before = self.frame.compared
        sides = [node.left, *node.comparators]
        self.frame.compared = " ".join(plain_names(sides)).lower() or before
        self._children(node)
        self.frame.compared = before

    def _handler(self, node: ast.ExceptHandler) -> None:
        """Read a handler; what it binds again (`np = None`) does not replace what was imported."""
        before = dict(self.frame.names)
        self._all(node.body)
        self.frame.names.update(before)

    def _dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            name = str(key.value) if isinstance(key, ast.Constant) else ""
            if key is not None and name in STORES:
                self._see(STORES[name], value, "{}", key.lineno)
            if values.is_setting(name):
                self.options.setdefault(name, self.source(value))
        self._children(node)

    def _try(self, node: ast.Try) -> None:
        before = self.need
        if catches_absence(node) and before is not Need.TYPING:
            self.need = Need.OPTIONAL
        self._all(node.body)
        for handler in node.handlers:
            self._handler(handler)
        self.need = before
        self._all([*node.orelse, *node.finalbody])

    def _if(self, node: ast.If) -> None:
        if is_type_checking(node.test):
            before, self.need = self.need, Need.TYPING
            self._all(node.body)
            self.need = before
            self._all(node.orelse)
            return
        if self.frame is not self.module or not is_main_guard(node.test):
            before, self.need = self.need, self.need.under(node)
            self._children(node)
            self.need = before
            return
        self.is_script = True
        module = self.module
        imported, module.events, read, module.read = module.events, [], module.read, set()
        self._all(node.body)
        self.scopes.append(scope_of(MAIN, node.lineno, module))
        module.events, module.read = imported, read
        self._all(node.orelse)

    def _class(self, node: ast.ClassDef) -> None:
        before, self.frame.bound = self.frame.bound, (node.name,)
        for expression in [*node.decorator_list, *node.bases]:
            self._visit(expression)
        self.frame.bound = before
        name = f"{self.frame.name}.{node.name}" if self.frame.name else node.name
        self.classes.add(name)
        self.frame.names[node.name] = f":{name}"
        outer = self.frame
        self.frame = Frame(name, name, outer, events=outer.events, read=outer.read, is_class=True)
        self._all(node.body)
        self.frame = outer

    def _function(self, node: Function) -> None:
        for expression in [*node.decorator_list, *defaults(node)]:
            self._visit(expression)
        name = f"{self.frame.name}.{node.name}" if self.frame.name else node.name
        self.frame.names[node.name] = f":{name}"
        owner = self.frame.owner if self.frame.is_class else ""
        self.pending.append((node, Frame(name, owner, self.frame)))

    def _body(self, node: Function, frame: Frame) -> None:
        positional = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
        named = [a.arg for a in node.args.kwonlyargs]
        if frame.owner and positional:
            frame.names[positional.pop(0)] = f":{frame.owner}"
        self.frame = frame.outer or self.module
        defaults = {name: self.source(value) for name, value in default_pairs(node)}
        self.frame = frame
        for name in [*positional, *named]:
            frame.names[name] = ""
            frame.sources[name] = f"param:{name}"
            frame.texts[name] = ""
            if name in defaults:
                frame.sources[f"={name}"] = defaults[name]
        for name in defined(node.body):
            frame.names[name] = f":{frame.name}.{name}"
        self.need = Need.LAZY
        before = len(self.sightings)
        self._all(node.body)
        self._flow(node.body, before)
        parameters = (*positional, *named)
        self.scopes.append(
            scope_of(frame.name, node.lineno, frame, parameters, tuple(defaults.items()))
        )


_SPECIAL: dict[type[ast.AST], Callable[[_Reader, ast.AST], None]] = {
    kind: getattr(_Reader, method)
    for kinds, method in (
        ((ast.Name,), "_name"),
        ((ast.Attribute,), "_attribute"),
        ((ast.Import,), "_import"),
        ((ast.ImportFrom,), "_import_from"),
        ((ast.Assign,), "_assign"),
        ((ast.AnnAssign,), "_annotated"),
        ((ast.Call,), "_call"),
        ((ast.Compare,), "_compare"),
        ((ast.If,), "_if"),
        ((ast.Try, ast.TryStar), "_try"),
        ((ast.ExceptHandler,), "_handler"),
        ((ast.Constant,), "_constant"),
        ((ast.Expr,), "_expression"),
        ((ast.Dict,), "_dict"),
        ((ast.ClassDef,), "_class"),
        ((ast.FunctionDef, ast.AsyncFunctionDef), "_function"),
    )
    for kind in kinds
}
