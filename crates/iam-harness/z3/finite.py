"""A search among few texts, before that among all: it shows fast that there is a request, if there is a simple one.

Each text variable gets a list of candidates. A comparison is then a table: it is worked out for each combination of the candidates that occur in
it, so that only choices are left to the solver. A request that is found so is one of the whole question; that none is found says nothing.
"""

import itertools

import z3

# The most combinations of one comparison.
MOST = 600
JOINTS = {z3.Z3_OP_AND, z3.Z3_OP_OR, z3.Z3_OP_NOT, z3.Z3_OP_IMPLIES, z3.Z3_OP_ITE, z3.Z3_OP_TRUE, z3.Z3_OP_FALSE}


def variables(expression, found):
    """The variables of an expression, by name."""
    seen, rest = set(), [expression]
    while rest:
        own = rest.pop()
        # A language has no variables.
        if own.get_id() in seen or isinstance(own, z3.ReRef):
            continue
        seen.add(own.get_id())
        if z3.is_const(own) and own.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            found[own.decl().name()] = own
        rest.extend(own.children())
    return found


class Finite:
    """The assertions of a world, with candidates for its text variables."""

    def __init__(self, candidates):
        self.texts = {name: [z3.StringVal(own) for own in texts] for name, texts in candidates.items()}
        self.chosen = {name: [z3.Bool(f"{name} is {n}") for n in range(len(texts))] for name, texts in candidates.items()}
        self.done = {}

    def table(self, atom):
        """A comparison as a formula over choices."""
        found = variables(atom, {})
        options = []
        for name, variable in found.items():
            if name in self.texts:
                options.append([(variable, text, chosen) for text, chosen in zip(self.texts[name], self.chosen[name])])
            elif z3.is_bool(variable):
                options.append([(variable, z3.BoolVal(True), variable), (variable, z3.BoolVal(False), z3.Not(variable))])
            else:
                return atom
        size = 1
        for option in options:
            size *= len(option)
        if not options or size > MOST:
            return atom
        rows = []
        for row in itertools.product(*options):
            value = z3.simplify(z3.substitute(atom, *[(variable, text) for variable, text, _ in row]))
            if z3.is_true(value):
                rows.append(z3.And(*[chosen for _, _, chosen in row]))
            elif not z3.is_false(value):
                return atom
        return z3.Or(*rows)

    def formula(self, expression):
        """An assertion as a formula over choices."""
        key = expression.get_id()
        if key not in self.done:
            kind = expression.decl().kind()
            is_equal = kind in (z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT) and z3.is_bool(expression.arg(0))
            if z3.is_const(expression):
                result = expression
            elif (kind in JOINTS and z3.is_bool(expression)) or is_equal:
                result = expression.decl()(*[self.formula(child) for child in expression.children()])
            else:
                result = self.table(expression)
            # The expression is kept, so that its id is not given to another one.
            self.done[key] = (expression, result)
        return self.done[key][1]


def choice(world, timeout):
    """Equations of text variables and candidates that belong to a request. None if none was found."""
    finite = Finite(world.candidates)
    solver = z3.Solver()
    solver.set("timeout", timeout)
    assertions = world.solver.assertions()
    used = {}
    for assertion in assertions:
        variables(assertion, used)
    for name, chosen in finite.chosen.items():
        if name in used:
            solver.add(z3.PbEq([(own, 1) for own in chosen], 1))
            # A comparison that stays as it is needs the text itself.
            solver.add(*[z3.Implies(own, used[name] == text) for own, text in zip(chosen, finite.texts[name])])
    solver.add(*[finite.formula(assertion) for assertion in assertions])
    if solver.check() != z3.sat:
        return None
    model = solver.model()
    equations = []
    for name, chosen in finite.chosen.items():
        for own, text in zip(chosen, finite.texts[name]):
            if name in used and z3.is_true(model.eval(own, model_completion=True)):
                equations.append(used[name] == text)
    return equations
