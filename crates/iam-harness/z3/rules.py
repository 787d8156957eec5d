"""The rules of crates/iam-eval/SEMANTICS.md, encoded once more, for an SMT solver: from the rules, not from the engine.

The answers are those of the first reading of part 8.

What is encoded:

- Part 2: actions with wildcards, `NotAction`, in any case.
- Part 3: resources with wildcards, `NotResource`, requests without a resource (3.6), ARNs with missing fields (3.7), variables in every place
  (3.20 to 3.31), null entries (3.25 to 3.27), keys with several values as variables (3.23).
- Part 4: the block (4.1), lists and negated operators (4.2, 4.6), absent keys (4.7), null data sets (4.8), values that cannot be read (4.9), set
  operators (4.10 to 4.13), and all operators but `Binary`: numbers (4.14), flags (4.15), lower-casing up to U+FFFF (4.16), ARNs field by field
  (4.21, 4.22), dates to the millisecond (4.23), addresses with dead entries (4.24).
- 5.10: a Deny ends it. 5.55: one action needs no permission.

Texts are sequences of UTF-16 units, because `?` is one unit (3.3). A text of a request is well-formed UTF-16.

What is skipped, with the reason in the summary: a key that is compared as text and as another type; a variable beside `?`, in an operator that
ignores case, under `Bool`, or before the sixth field of an ARN operator; an ARN pattern without six fields, whose comparison is indeterminate;
lower-cased patterns with a sigma or a combining dot; numbers, dates and addresses in spellings that Python does not read. Principals and the
combination of layers stand in `callers.py` and `tokens.py`.
"""

import ipaddress
import re
from datetime import datetime, timedelta, timezone
from fractions import Fraction

import z3

NEGATED = {"StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "NumericNotEquals", "DateNotEquals",
           "NotIpAddress", "ArnNotEquals", "ArnNotLike"}
ORDER = {"LessThan": "lt", "LessThanEquals": "le", "GreaterThan": "gt", "GreaterThanEquals": "ge"}
SEGMENT = z3.Union(z3.Range("a", "z"), z3.Range("0", "9"), z3.Re("-"))
NAME = z3.Union(SEGMENT, z3.Re("."), z3.Re("_"))


def between(first, last):
    """One UTF-16 unit of a range."""
    return z3.Range(z3.StringVal(chr(first)), z3.StringVal(chr(last)))


UNIT = between(0, 0xFFFF)
# Units that may stand in a field of an ARN.
FIELD = z3.Union(between(0, ord(":") - 1), between(ord(":") + 1, 0xFFFF))
# Well-formed UTF-16.
TEXT = z3.Star(z3.Union(between(0, 0xD7FF), between(0xE000, 0xFFFF),
                        z3.Concat(between(0xD800, 0xDBFF), between(0xDC00, 0xDFFF))))
# The dead networks of rule 4.24: IPv4-mapped addresses.
MAPPED = ipaddress.ip_network("::ffff:0:0/96")


class Skip(Exception):
    """What is not encoded."""


def concat(parts):
    """A concatenation of regular expressions."""
    parts = [p for p in parts if p is not None]
    if not parts:
        return z3.Re("")
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)


def units(text):
    """A text as UTF-16 units, each a character for Z3."""
    if "\\u" in text:
        raise Skip("an escape of Z3")
    raw = text.encode("utf-16-be")
    return z3.StringVal("".join(chr(int.from_bytes(raw[at:at + 2], "big")) for at in range(0, len(raw), 2)))


def any_case(text):
    """A text in any ASCII case."""
    return concat([z3.Union(z3.Re(c.lower()), z3.Re(c.upper())) if c.isascii() and c.isalpha() else z3.Re(units(c))
                   for c in text])


def lowered(text):
    """A text after lower-casing (rule 4.16)."""
    low = "".join(c.lower() if ord(c) <= 0xFFFF else c for c in text)
    # The only letters that are not lower-cased one by one.
    if set(low) & set("\u03c3\u03c2\u0307"):
        raise Skip("sigma or a combining dot")
    return low


BY_LOWER = {}
for code in range(0x10000):
    if not 0xD800 <= code <= 0xDFFF:
        BY_LOWER.setdefault(chr(code).lower(), []).append(chr(code))


def lowers_to(text):
    """The texts that are the same after lower-casing."""
    letters = []
    for c in lowered(text):
        same = [z3.Re(units(own)) for own in BY_LOWER.get(c, [c])]
        letters.append(same[0] if len(same) == 1 else z3.Union(*same))
    return concat(letters)


def glob(pieces, char=UNIT):
    """The regular expression of literal pieces and wildcards."""
    parts = []
    for kind, text in pieces:
        if kind == "text":
            parts.append(z3.Re(units(text)))
        elif kind == "*":
            parts.append(z3.Star(char))
        elif kind == "?":
            parts.append(char)
    return concat(parts)


def split(text, wildcards, variables):
    """The pieces of a pattern: texts, wildcards, variables (rules 3.20 to 3.22)."""
    pieces, plain, at = [], "", 0

    def flush():
        nonlocal plain
        if plain:
            pieces.append(("text", plain))
        plain = ""

    while at < len(text):
        special = re.match(r"\$\{([*?$])\}", text[at:]) if variables else None
        variable = re.match(r"\$\{([^},]+)(?:, '([^']*)')?\}", text[at:]) if variables else None
        if special:
            plain += special.group(1)
            at += 4
        elif variable:
            flush()
            pieces.append(("variable", variable.group(1).lower(), variable.group(2)))
            at += variable.end()
        elif wildcards and text[at] in "*?":
            flush()
            pieces.append((text[at], text[at]))
            at += 1
        else:
            plain += text[at]
            at += 1
    flush()
    return pieces


class World:
    """The variables of one question: a request."""

    def __init__(self, policies, kinds):
        self.kinds = kinds
        self.solver = z3.Solver()
        self.action = z3.String("action")
        self.solver.add(z3.InRe(self.action, concat([z3.Plus(SEGMENT), z3.Re(":"), z3.Plus(NAME)])))
        self.without = z3.Bool("without resource")
        self.resource = z3.String("resource")
        arn = concat([z3.Re("arn:"), z3.Plus(SEGMENT), z3.Re(":"), z3.Plus(SEGMENT), z3.Re(":"), z3.Star(SEGMENT), z3.Re(":"),
                      z3.Star(SEGMENT), z3.Re(":"), TEXT])
        self.solver.add(z3.InRe(self.resource, arn))
        self.uses, self.texts, self.keys = {}, {}, {}
        # Texts to try first for some variables: they show faster that there is a request.
        self.candidates = {}
        for policy in policies:
            for statement in as_list(policy["Statement"]):
                for operator, block in statement.get("Condition", {}).items():
                    for key, values in block.items():
                        self.uses.setdefault(key.lower(), []).append(operator)
                        self.texts.setdefault(key.lower(), []).extend(str(value) for value in as_list(values))

    def key(self, name):
        """The variables of a key, in lower case: whether it is there, how many values it has, and which."""
        if name not in self.keys:
            self.keys[name] = self.new_key(name)
        return self.keys[name]

    def known_key(self, name, texts, present=True, several=False):
        """A key with these values, which may be expressions, and are compared as texts."""
        if not {family(op) for op in self.uses.get(name, [])} <= {"null", "string", "arn", "bool"}:
            raise Skip("a text that is compared as another type")
        return {"present": z3.BoolVal(present) if isinstance(present, bool) else present, "several": z3.BoolVal(several),
                "sort": "text", "values": [Text(text) for text in texts], "there": [z3.BoolVal(True)] * len(texts)}

    def new_key(self, name):
        """The variables of a key of which nothing is known."""
        kind = self.kinds.get(name, "single")
        families = {family(op) for op in self.uses.get(name, [])} - {"null"}
        if families <= {"string", "arn", "bool"}:
            sort = "text"
        elif len(families) == 1:
            sort = families.pop()
        else:
            raise Skip("mixed types")
        count = 1 if kind == "single" else len(self.uses.get(name, [])) + 1
        return {
            "present": z3.Bool(f"{name} present"),
            "several": {"single": z3.BoolVal(False), "multiple": z3.BoolVal(True)}.get(kind, z3.Bool(f"{name} several")),
            "sort": sort,
            "values": [Value(self.solver, f"{name} {n}", sort) for n in range(count)],
            "there": [z3.BoolVal(True) if n == 0 else z3.Bool(f"{name} there {n}") for n in range(count)],
        }


class Text:
    """One value of a key: an expression."""

    def __init__(self, text):
        self.sort = "text"
        self.text = text

    def is_empty(self):
        """Whether it is the empty text."""
        return self.text == z3.StringVal("")


class Value:
    """One value of a key: a text, or a number, date or address, or none of these."""

    def __init__(self, solver, name, sort):
        self.sort = sort
        if sort == "text":
            self.text = z3.String(name)
            solver.add(z3.InRe(self.text, TEXT))
            return
        # Which kind: 0 and 1 can be read (addresses have two families), 2 cannot, 3 is the empty text, which cannot either.
        self.kind = z3.Int(f"{name} kind")
        solver.add(self.kind >= 0, self.kind <= 3)
        if sort == "ip":
            self.number = z3.Int(f"{name} address")
            limit = z3.If(self.kind == 1, z3.IntVal(2**128), z3.IntVal(2**32))
            solver.add(self.number >= 0, self.number < limit)
            # An IPv4-mapped address of a request is an IPv4 address (rule 4.24).
            first, last = int(MAPPED.network_address), int(MAPPED.broadcast_address)
            solver.add(z3.Implies(self.kind == 1, z3.Or(self.number < first, self.number > last)))
        else:
            # Dates are whole milliseconds (rule 4.23).
            self.number = z3.Int(f"{name} milliseconds") if sort == "date" else z3.Real(f"{name} number")
            solver.add(self.kind != 1)

    def is_empty(self):
        """Whether it is the empty text."""
        return self.text == z3.StringVal("") if self.sort == "text" else self.kind == 3

    def is_readable(self):
        """Whether it can be compared with numbers, dates or addresses."""
        return self.kind < 2


def as_list(value):
    """A list of one for a value."""
    return value if isinstance(value, list) else [value]


def parts(operator):
    """Set operator, base and suffix."""
    quantifier, _, base = operator.rpartition(":")
    exists = base.endswith("IfExists")
    return quantifier, base[:-8] if exists else base, exists


def family(operator):
    """What an operator compares."""
    base = parts(operator)[1]
    for start, name in (("String", "string"), ("Numeric", "numeric"), ("Date", "date"), ("Arn", "arn"), ("Bool", "bool"),
                        ("Null", "null")):
        if base.startswith(start):
            return name
    if base in ("IpAddress", "NotIpAddress"):
        return "ip"
    raise Skip(operator)


def variable_value(world, name, default):
    """Whether a variable is null, and its text (rules 3.23 to 3.26)."""
    if name not in world.uses:
        world.uses.setdefault(name, [])
    key = world.key(name)
    if key["sort"] != "text":
        raise Skip("a variable of another type")
    several = z3.And(key["present"], key["several"])
    if default is None:
        return z3.Or(several, z3.Not(key["present"])), key["values"][0].text
    return several, z3.If(key["present"], key["values"][0].text, units(default))


def matches(world, pieces, text):
    """Whether a pattern with variables is null, and whether it matches a text. No question mark."""
    null, parts = z3.BoolVal(False), [[]]
    for piece in pieces:
        if piece[0] == "?":
            raise Skip("? beside a variable")
        if piece[0] == "*":
            parts.append([])
        elif piece[0] == "text":
            parts[-1].append(units(piece[1]))
        else:
            is_null, value = variable_value(world, piece[1], piece[2])
            null = z3.Or(null, is_null)
            parts[-1].append(value)
    first, *inner = [z3.Concat(*p) if len(p) > 1 else (p[0] if p else z3.StringVal("")) for p in parts]
    if not inner:
        return null, text == first
    *inner, last = inner
    conditions, at = [z3.PrefixOf(first, text), z3.SuffixOf(last, text)], z3.Length(first)
    # Each part between stars may as well stand at the first place where it fits.
    for part in inner:
        found = z3.IndexOf(text, part, at)
        conditions.append(found >= 0)
        at = found + z3.Length(part)
    return null, z3.And(*conditions, at + z3.Length(last) <= z3.Length(text))


def on_action(world, statement):
    """Whether a statement is about the action (part 2)."""
    name = "Action" if "Action" in statement else "NotAction"
    alternatives = []
    for pattern in as_list(statement[name]):
        pieces = split(pattern.lower(), True, False)
        alternatives.append(z3.BoolVal(True) if pattern in ("*", "*:*") else z3.InRe(world.action, glob(pieces)))
    found = z3.Or(*alternatives)
    return found if name == "Action" else z3.Not(found)


def on_resource(world, statement, variables):
    """Whether it is about the resource (part 3). A statement of a resource policy without one is about its own (1.12)."""
    if "Resource" not in statement and "NotResource" not in statement:
        return z3.BoolVal(True)
    name = "Resource" if "Resource" in statement else "NotResource"
    yes, nulls = [], []
    for pattern in as_list(statement[name]):
        if pattern == "*":
            yes.append(z3.BoolVal(True))
            continue
        pieces = split(pattern, True, variables)
        has_variables = any(p[0] == "variable" for p in pieces)
        missing = max(0, 5 - "".join(p[1] for p in pieces if p[0] == "text").count(":"))
        is_short = pattern.startswith("arn:") and missing > 0
        if has_variables:
            null, matched = matches(world, pieces, world.resource)
            nulls.append(null)
            # An ARN with fewer than six fields and a variable matches nothing (rule 3.7).
            if not is_short:
                yes.append(z3.And(z3.Not(null), z3.Not(world.without), matched))
            continue
        if is_short:
            pieces = split(pattern + ":*" * missing, True, variables)
        yes.append(z3.And(z3.Not(world.without), z3.InRe(world.resource, glob(pieces))))
    found = z3.Or(*yes) if yes else z3.BoolVal(False)
    if name == "Resource":
        return found
    # A null entry leaves open what is excluded: an Allow does not apply, and a Deny does (rule 3.27).
    is_null = z3.Or(*nulls) if nulls and statement["Effect"] == "Allow" else z3.BoolVal(False)
    return z3.And(z3.Not(found), z3.Not(is_null))


def milliseconds(text):
    """An instant in whole milliseconds, cut (rule 4.23)."""
    if re.fullmatch(r"\+?\d+", text) and len(text) != 4:
        return int(text) * 1000
    if re.fullmatch(r"\d{4}-\d\d", text):
        text += "-01"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        text += "T00:00:00Z"
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise Skip("a date that Python does not read") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    # Python keeps microseconds: digits behind them are cut too.
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)


def decimal(text):
    """A number (rule 4.14)."""
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", text):
        raise Skip("a number that cannot be read")
    return Fraction(text)


def network(text):
    """The family, the first and the last address of an entry. None if it is dead (rule 4.24)."""
    try:
        own = ipaddress.ip_interface(text)
    except ValueError as error:
        raise Skip("an address that Python does not read") from error
    net = own.network
    if own.version == 6 and ("." in text or own.ip in MAPPED or own.ip != net.network_address):
        return None
    return own.version == 6, int(net.network_address), int(net.broadcast_address)


def compare(operator, seen, wanted):
    """An order operator on numbers."""
    suffix = re.sub("^(Numeric|Date)", "", operator)
    how = ORDER.get(suffix, "eq")
    return {"lt": seen < wanted, "le": seen <= wanted, "gt": seen > wanted, "ge": seen >= wanted, "eq": seen == wanted}[how]


def one_value(world, operator, values, value, variables):
    """An operator on one value of the request: OR over the values of the policy, or NOR (rules 4.2, 4.9)."""
    kind, is_negated = family(operator), operator in NEGATED
    yes, known = [], None
    if kind == "string":
        for text in values:
            pieces = split(text, operator in ("StringLike", "StringNotLike"), variables)
            ignores_case = operator.endswith("IgnoreCase")
            if any(p[0] == "variable" for p in pieces):
                if ignores_case:
                    raise Skip("a variable in an operator that ignores case")
                null, matched = matches(world, pieces, value.text)
                yes.append(z3.And(z3.Not(null), matched))
            elif ignores_case:
                yes.append(z3.InRe(value.text, lowers_to("".join(p[1] for p in pieces))))
            else:
                yes.append(z3.InRe(value.text, glob(pieces)))
    elif kind == "arn":
        # What is no ARN matches nothing, and negated operators are false too (rule 4.22).
        known = z3.InRe(value.text, concat([z3.Re("arn:")] + [z3.Star(FIELD), z3.Re(":")] * 4 + [z3.Star(UNIT)]))
        yes = [z3.And(known, arn(world, text, value.text, variables)) for text in values]
    elif kind == "bool":
        # Every text but `true` is false (rule 4.15).
        if any("${" in text for text in values):
            raise Skip("a variable under Bool")
        is_true = z3.InRe(value.text, any_case("true"))
        yes = [is_true if text.lower() == "true" else z3.Not(is_true) for text in values]
    elif kind == "ip":
        # What is no address is in no network, and outside of none.
        known = value.is_readable()
        for text in values:
            found = network(text)
            if found is not None:
                is_v6, first, last = found
                family_is = value.kind == (1 if is_v6 else 0)
                yes.append(z3.And(family_is, value.number >= first, value.number <= last))
    else:
        # What is no number or date matches nothing, so that negated operators are true.
        def of(text):
            if kind == "date":
                return z3.IntVal(milliseconds(text))
            return z3.RealVal(str(decimal(text)))
        yes = [z3.And(value.is_readable(), compare(operator, value.number, of(text))) for text in values]
    found = z3.Or(*yes) if yes else z3.BoolVal(False)
    if not is_negated:
        return found
    return z3.Not(found) if known is None else z3.And(known, z3.Not(found))


def arn(world, text, seen, variables):
    """Whether a pattern of ARNs matches an ARN, field by field (rules 4.20 to 4.22, 3.31)."""
    pieces = split(text, True, variables)
    if any(p[0] == "variable" for p in pieces):
        before = pieces[:next(at for at, p in enumerate(pieces) if p[0] == "variable")]
        # Behind five plain fields, a comparison of the whole text is one field by field.
        if any(p[0] != "text" for p in before) or "".join(p[1] for p in before).count(":") < 5:
            raise Skip("a variable before the sixth field of an ARN")
        null, matched = matches(world, pieces, seen)
        return z3.And(z3.Not(null), matched)
    fields = text.split(":", 5)
    if len(fields) < 6:
        raise Skip("an ARN pattern without six fields")
    inner = [[glob(split(field, True, variables), FIELD), z3.Re(":")] for field in fields[:5]]
    return z3.InRe(seen, concat(sum(inner, []) + [glob(split(fields[5], True, variables))]))


def condition(world, operator, name, values, variables):
    """Whether one test holds (part 4). Every comparison has an answer."""
    key = world.key(name.lower())
    quantifier, base, exists = parts(operator)
    values = [str(v).lower() if isinstance(v, bool) else str(v) for v in as_list(values)]
    there = list(zip(key["there"], key["values"]))
    # A list of empty texts only (rule 4.8).
    is_null = z3.And(key["several"], *[z3.Implies(t, v.is_empty()) for t, v in there])
    if base == "Null":
        if quantifier:
            return z3.BoolVal(quantifier == "ForAllValues")
        absent = z3.Or(z3.Not(key["present"]), is_null)
        return z3.Or(*[absent if v.lower() == "true" else z3.Not(absent) for v in values])
    is_negated = base in NEGATED
    when_absent = exists or quantifier == "ForAllValues" or (not quantifier and is_negated)
    if not values:
        # Rule 4.11.
        of_one, of_list = z3.BoolVal(not quantifier and not exists and is_negated), z3.BoolVal(False)
    else:
        each = [one_value(world, base, values, value, variables) for value in key["values"]]
        of_one, there = each[0], list(zip(key["there"], each))
        of_list = {"ForAllValues": z3.And(*[z3.Implies(t, yes) for t, yes in there]),
                   "ForAnyValue": z3.Or(*[z3.And(t, yes) for t, yes in there]),
                   # Without set operator, a list never matches (rule 4.9).
                   "": z3.BoolVal(False)}[quantifier]
    if quantifier == "ForAllValues":
        of_list = z3.Or(is_null, of_list)
    return z3.If(key["present"], z3.If(key["several"], of_list, of_one), z3.BoolVal(when_absent))


def applies(world, policy, statement):
    """Whether action, resource and conditions of a statement are met."""
    variables = policy.get("Version") == "2012-10-17"
    tests = [condition(world, operator, key, values, variables)
             for operator, block in statement.get("Condition", {}).items() for key, values in block.items()]
    return z3.And(on_action(world, statement), on_resource(world, statement, variables), *tests)


def some_apply(world, policies, effect, named=lambda statement: z3.BoolVal(True)):
    """Whether a statement with this effect applies, and names the caller."""
    return z3.Or(*[z3.And(named(statement), applies(world, policy, statement))
                   for policy in policies for statement in as_list(policy["Statement"]) if statement["Effect"] == effect])
