#!/usr/bin/env python3
"""Puts questions about two policies to Z3, and compares the answers.

    iam-harness ask 10000 > questions.jsonl
    python3 questions.py < questions.jsonl

Each line has two identity policies, what is known of condition keys, and the answer of the analysis to "is there a request that A allows
and B does not": `holds` if there is none, else `fails`. This program encodes the rules of crates/iam-eval/SEMANTICS.md (parts 2 to 4) once
more, for an SMT solver. A development tool: it needs the package z3-solver, and nothing else needs it.
"""

import argparse
import ipaddress
import json
import multiprocessing
import re
import statistics
import sys
import time
from datetime import datetime, timezone
from fractions import Fraction

import z3

NEGATED = {"StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "NumericNotEquals", "DateNotEquals",
           "NotIpAddress", "ArnNotEquals", "ArnNotLike"}
ORDER = {"LessThan": "lt", "LessThanEquals": "le", "GreaterThan": "gt", "GreaterThanEquals": "ge"}
PRINTABLE = z3.Range(" ", "~")
SEGMENT = z3.Union(z3.Range("a", "z"), z3.Range("0", "9"), z3.Re("-"))
NAME = z3.Union(SEGMENT, z3.Re("."), z3.Re("_"))
FIELD = z3.Union(z3.Range(" ", "9"), z3.Range(";", "~"))


class Skip(Exception):
    """What is not encoded."""


def concat(parts):
    """A concatenation of regular expressions."""
    parts = [p for p in parts if p is not None]
    if not parts:
        return z3.Re("")
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)


def any_case(text):
    """A text in any ASCII case."""
    return concat([z3.Union(z3.Re(c.lower()), z3.Re(c.upper())) if c.isascii() and c.isalpha() else z3.Re(c)
                   for c in text]) if text else z3.Re("")


def glob(pieces, char=PRINTABLE):
    """The regular expression of literal pieces and wildcards."""
    parts = []
    for kind, text in pieces:
        if kind == "text":
            parts.append(z3.Re(text))
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

    def __init__(self, question):
        self.kinds = question["kinds"]
        self.solver = z3.Solver()
        self.action = z3.String("action")
        self.solver.add(z3.InRe(self.action, concat([z3.Plus(SEGMENT), z3.Re(":"), z3.Plus(NAME)])))
        self.without = z3.Bool("without resource")
        self.resource = z3.String("resource")
        arn = concat([z3.Re("arn:"), z3.Plus(SEGMENT), z3.Re(":"), z3.Plus(SEGMENT), z3.Re(":"), z3.Star(SEGMENT), z3.Re(":"),
                      z3.Star(SEGMENT), z3.Re(":"), z3.Plus(PRINTABLE)])
        self.solver.add(z3.InRe(self.resource, arn))
        self.uses, self.keys = {}, {}
        for policy in (question["a"], question["b"]):
            for statement in as_list(policy["Statement"]):
                for operator, block in statement.get("Condition", {}).items():
                    for key in block:
                        self.uses.setdefault(key.lower(), []).append(operator)
        for key in self.uses:
            self.key(key)

    def key(self, name):
        """The variables of a key: whether it is there, how many values it has, and which."""
        if name in self.keys:
            return self.keys[name]
        kind = self.kinds.get(name, "single")
        families = {family(op) for op in self.uses.get(name, [])} - {"null"}
        if families <= {"string", "arn", "bool"}:
            sort = "text"
        elif len(families) == 1:
            sort = families.pop()
        else:
            raise Skip("mixed types")
        count = 1 if kind == "single" else len(self.uses.get(name, [])) + 1
        key = {
            "present": z3.Bool(f"{name} present"),
            "several": {"single": z3.BoolVal(False), "multiple": z3.BoolVal(True)}.get(kind, z3.Bool(f"{name} several")),
            "sort": sort,
            "values": [Value(self.solver, f"{name} {n}", sort) for n in range(count)],
            "there": [z3.BoolVal(True) if n == 0 else z3.Bool(f"{name} there {n}") for n in range(count)],
        }
        self.keys[name] = key
        return key


class Value:
    """One value of a key: a text, or a number, date or address, or none of these."""

    def __init__(self, solver, name, sort):
        self.sort = sort
        if sort == "text":
            self.text = z3.String(name)
            solver.add(z3.InRe(self.text, z3.Star(PRINTABLE)))
        else:
            # Which kind: 0 and 1 are values (addresses have two families), 2 is none, 3 is the empty text.
            self.kind = z3.Int(f"{name} kind")
            self.number = z3.Real(f"{name} number")
            solver.add(self.kind >= 0, self.kind <= 3)
            if sort == "ip":
                self.number = z3.Int(f"{name} address")
                limit = z3.If(self.kind == 1, z3.IntVal(2**128), z3.IntVal(2**32))
                solver.add(self.number >= 0, self.number < limit)
            else:
                solver.add(self.kind != 1)

    def is_empty(self):
        """Whether it is the empty text."""
        return self.text == z3.StringVal("") if self.sort == "text" else self.kind == 3


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
        raise Skip("variable of another type")
    usable = z3.And(key["present"], z3.Not(key["several"]))
    if default is None:
        return z3.Not(usable), key["values"][0].text
    return z3.BoolVal(False), z3.If(usable, key["values"][0].text, z3.StringVal(default))


def matches(world, pieces, text):
    """Whether a pattern with variables is null, and whether it matches a text. At most one star, no question mark."""
    null, front, back, stars = z3.BoolVal(False), [], [], 0
    for piece in pieces:
        if piece[0] == "*":
            stars += 1
            continue
        if piece[0] == "?":
            raise Skip("? beside a variable")
        if piece[0] == "text":
            value = z3.StringVal(piece[1])
        else:
            is_null, value = variable_value(world, piece[1], piece[2])
            null = z3.Or(null, is_null)
        (back if stars else front).append(value)
    if stars > 1:
        raise Skip("several stars beside a variable")
    joined = [z3.Concat(*p) if len(p) > 1 else (p[0] if p else z3.StringVal("")) for p in (front, back)]
    if stars == 0:
        return null, text == joined[0]
    length = z3.Length(joined[0]) + z3.Length(joined[1])
    return null, z3.And(z3.PrefixOf(joined[0], text), z3.SuffixOf(joined[1], text), z3.Length(text) >= length)


def on_action(world, statement):
    """Whether a statement is about the action (part 2)."""
    name = "Action" if "Action" in statement else "NotAction"
    alternatives = []
    for pattern in as_list(statement[name]):
        pieces = split(pattern.lower(), True, False)
        alternatives.append(z3.BoolVal(True) if pattern in ("*", "*:*") else z3.InRe(world.action, glob(pieces)))
    any_of = z3.Or(*alternatives)
    return any_of if name == "Action" else z3.Not(any_of)


def on_resource(world, statement, variables):
    """Whether it is about the resource: true, and false (part 3)."""
    name = "Resource" if "Resource" in statement else "NotResource"
    yes, open_ = [], []
    for pattern in as_list(statement[name]):
        # An ARN with fewer than six fields is completed (rule 3.7).
        if pattern.strip("*"):
            pattern += ":*" * max(0, 5 - re.sub(r"\$\{[^}]*\}", "", pattern).count(":"))
        pieces = split(pattern, True, variables)
        if pieces and all(p[0] == "*" for p in pieces):
            yes.append(z3.BoolVal(True))
            continue
        before = "".join(p[1] for p in pieces[:next((i for i, p in enumerate(pieces) if p[0] == "variable"), len(pieces))]
                         if p[0] == "text")
        has_variables = any(p[0] == "variable" for p in pieces)
        if has_variables and before.count(":") < 5:
            open_.append(z3.BoolVal(True))
            continue
        if has_variables:
            null, matched = matches(world, pieces, world.resource)
            open_.append(null)
            yes.append(z3.And(z3.Not(null), z3.Not(world.without), matched))
        else:
            yes.append(z3.And(z3.Not(world.without), z3.InRe(world.resource, glob(pieces))))
    any_of, any_open = z3.Or(*yes), z3.Or(*open_) if open_ else z3.BoolVal(False)
    if name == "Resource":
        return any_of, z3.Not(any_of)
    # A null entry leaves open what is excluded (rule 3.27).
    return z3.And(z3.Not(any_of), z3.Not(any_open)), any_of


def seconds(text):
    """An instant as a number of seconds."""
    if re.fullmatch(r"\d+", text) and len(text) != 4:
        return Fraction(text)
    if re.fullmatch(r"\d{4}-\d\d", text):
        text += "-01"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        text += "T00:00:00Z"
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return Fraction((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds())


def compare(operator, seen, wanted):
    """An order operator on numbers."""
    suffix = re.sub("^(Numeric|Date)", "", operator)
    how = ORDER.get(suffix, "eq")
    return {"lt": seen < wanted, "le": seen <= wanted, "gt": seen > wanted, "ge": seen >= wanted, "eq": seen == wanted}[how]


def one_value(world, operator, values, value, variables):
    """The positive form of an operator on one value of the request: true, and false."""
    kind = family(operator)
    yes, known = [], z3.BoolVal(True)
    if kind in ("string", "arn"):
        for text in values:
            like = kind == "arn" or operator in ("StringLike", "StringNotLike")
            pieces = split(text, like, variables)
            if any(p[0] == "variable" for p in pieces):
                if operator.endswith("IgnoreCase"):
                    raise Skip("variable without case")
                null, matched = matches(world, pieces, value.text)
                yes.append(z3.And(z3.Not(null), matched))
            elif kind == "arn":
                yes.append(z3.InRe(value.text, arn_pattern(text)))
            elif operator.endswith("IgnoreCase"):
                yes.append(z3.InRe(value.text, any_case("".join(p[1] for p in pieces))))
            else:
                yes.append(z3.InRe(value.text, glob(pieces)))
    elif kind == "bool":
        known = z3.InRe(value.text, z3.Union(any_case("true"), any_case("false")))
        yes = [z3.InRe(value.text, any_case(str(text).lower())) for text in values]
    elif kind == "ip":
        known = value.kind < 2
        for text in values:
            network = ipaddress.ip_network(text, strict=False)
            first, last = int(network.network_address), int(network.broadcast_address)
            yes.append(z3.And(value.kind == (network.version == 6), value.number >= first, value.number <= last))
    else:
        known = value.kind == 0
        number = Fraction if kind == "numeric" else seconds
        yes = [compare(operator, value.number, z3.RealVal(str(number(text)))) for text in values]
    any_of = z3.Or(*yes) if yes else z3.BoolVal(False)
    return z3.And(known, any_of), z3.And(known, z3.Not(any_of))


def arn_pattern(text):
    """A pattern of ARNs, field by field (rules 4.20 to 4.22)."""
    fields = text.split(":", 5)
    if len(fields) < 6:
        return z3.Empty(z3.ReSort(z3.StringSort()))
    if not re.fullmatch(re.escape(fields[0]).replace(r"\*", ".*").replace(r"\?", "."), "arn"):
        return z3.Empty(z3.ReSort(z3.StringSort()))
    inner = [glob(split(field, True, False), FIELD) for field in fields[1:5]]
    whole = [z3.Re("arn")]
    for field in inner:
        whole += [z3.Re(":"), field]
    return concat(whole + [z3.Re(":"), glob(split(fields[5], True, False))])


def condition(world, operator, name, values, variables):
    """One test: true, and false (part 4)."""
    key = world.key(name.lower())
    quantifier, base, exists = parts(operator)
    values = [str(v).lower() if isinstance(v, bool) else str(v) for v in as_list(values)]
    if base == "Null":
        if quantifier:
            return (z3.BoolVal(quantifier == "ForAllValues"), z3.BoolVal(quantifier != "ForAllValues"))
        holds = z3.Or(*[z3.Not(key["present"]) if v.lower() == "true" else key["present"] for v in values])
        return holds, z3.Not(holds)
    negated = base in NEGATED
    absent = exists or quantifier == "ForAllValues" or (not quantifier and negated)
    each = []
    for value in key["values"]:
        yes, no = one_value(world, base, values, value, variables)
        each.append((no, yes) if negated else (yes, no))
    single = each[0]
    there = list(zip(key["there"], each))
    if quantifier == "ForAllValues":
        null = z3.And(*[z3.Implies(t, v.is_empty()) for t, v in zip(key["there"], key["values"])])
        several = (z3.Or(null, z3.And(*[z3.Implies(t, yes) for t, (yes, _) in there])),
                   z3.And(z3.Not(null), z3.Or(*[z3.And(t, no) for t, (_, no) in there])))
    elif quantifier == "ForAnyValue":
        several = (z3.Or(*[z3.And(t, yes) for t, (yes, _) in there]), z3.And(*[z3.Implies(t, no) for t, (_, no) in there]))
    else:
        several = (z3.BoolVal(False), z3.BoolVal(False))
    result = []
    for at, when_absent in ((0, absent), (1, not absent)):
        seen = z3.If(key["several"], several[at], single[at])
        result.append(z3.If(key["present"], seen, z3.BoolVal(when_absent)))
    return tuple(result)


def allows(world, policy):
    """Whether a policy allows the request."""
    variables = policy.get("Version") == "2012-10-17"
    allow, deny = [], []
    for statement in as_list(policy["Statement"]):
        true, false = [on_action(world, statement)], [z3.Not(on_action(world, statement))]
        for yes, no in [on_resource(world, statement, variables)] + [
                condition(world, operator, key, values, variables)
                for operator, block in statement.get("Condition", {}).items() for key, values in block.items()]:
            true.append(yes)
            false.append(no)
        if statement["Effect"] == "Allow":
            allow.append(z3.And(*true))
        else:
            deny.append(z3.Not(z3.Or(*false)))
    return z3.And(z3.Or(*allow) if allow else z3.BoolVal(False), z3.Not(z3.Or(*deny)) if deny else z3.BoolVal(True))


def ask(task):
    """The answer of Z3 to one question."""
    question, timeout = task
    begun = time.perf_counter()
    try:
        world = World(question)
        world.solver.set("timeout", timeout)
        world.solver.add(allows(world, question["a"]), z3.Not(allows(world, question["b"])))
        answer = {"sat": "fails", "unsat": "holds"}.get(str(world.solver.check()), "unknown")
    except Skip:
        answer = "skip"
    taken = (time.perf_counter() - begun) * 1e3
    ours = question["verdict"]
    definite = answer in ("holds", "fails") and ours in ("holds", "fails")
    return {"id": question["id"], "z3": answer, "ours": ours, "milliseconds": round(taken, 3),
            "nanoseconds": question["nanoseconds"], "agree": answer == ours if definite else None}


def main():
    """Reads questions, prints answers and a summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--timeout-ms", type=int, default=5000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--answers", action="store_true", help="print each answer, not only those that differ")
    options = parser.parse_args()
    tasks = ((json.loads(line), options.timeout_ms) for line in sys.stdin if line.strip())
    counts, times, wrong = {}, [], []
    with multiprocessing.Pool(options.jobs) as pool:
        for answer in pool.imap(ask, tasks, chunksize=8):
            pair = (answer["ours"], answer["z3"])
            counts[pair] = counts.get(pair, 0) + 1
            if answer["agree"] is not None:
                times.append((answer["milliseconds"], answer["nanoseconds"] / 1e3))
            if answer["agree"] is False:
                wrong.append(answer)
            if options.answers or answer["agree"] is False:
                print(json.dumps(answer), flush=True)
    print("ours and Z3's:", ", ".join(f"{a}/{b} {n}" for (a, b), n in sorted(counts.items())))
    if times:
        for title, at in (("Z3, milliseconds", 0), ("ours, microseconds", 1)):
            column = sorted(t[at] for t in times)
            high = column[min(len(column) - 1, len(column) * 99 // 100)]
            print(f"{title}: mean {statistics.fmean(column):.2f}, median {statistics.median(column):.2f}, 99 % {high:.2f}")
    print(f"{len(times)} questions answered by both, {len(wrong)} disagreements")
    sys.exit(1 if wrong or not times else 0)


if __name__ == "__main__":
    main()
