"""Models of Z3 as requests, and the evaluator that replays them."""

import ipaddress
import json
import re
import subprocess
from datetime import datetime, timedelta, timezone

import z3


class Unwritten(Exception):
    """A value that has no short text."""


class Found:
    """A model."""

    def __init__(self, model):
        self.model = model

    def is_true(self, expression):
        """Whether it holds."""
        return z3.is_true(self.model.eval(expression, model_completion=True))

    def text(self, expression):
        """The text of an expression: from UTF-16 units."""
        escaped = self.model.eval(expression, model_completion=True).as_string()
        plain = re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda unit: chr(int(unit[1], 16)), escaped)
        return plain.encode("utf-16", "surrogatepass").decode("utf-16")

    def value(self, value):
        """The text of one value of a key."""
        if value.sort == "text":
            return self.text(value.text)
        kind = self.model.eval(value.kind, model_completion=True).as_long()
        if kind > 1:
            return "x" if kind == 2 else ""
        number = self.model.eval(value.number, model_completion=True)
        if value.sort == "ip":
            return str(ipaddress.IPv6Address(number.as_long()) if kind else ipaddress.IPv4Address(number.as_long()))
        if value.sort == "date":
            try:
                moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=number.as_long())
            except OverflowError as error:
                raise Unwritten("a date beyond those of Python") from error
            return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
        fraction = number.as_fraction()
        digits = fraction * 10**9
        if digits.denominator != 1:
            raise Unwritten("a fraction without end")
        sign, whole = "-" if digits < 0 else "", f"{abs(digits.numerator):010}"
        return f"{sign}{whole[:-9]}.{whole[-9:]}"

    def key(self, key):
        """The value of a key as JSON. None if it is absent."""
        if not self.is_true(key["present"]):
            return None
        if self.is_true(key["several"]):
            return [self.value(v) for there, v in zip(key["there"], key["values"]) if self.is_true(there)]
        return self.value(key["values"][0])

    def request(self, world):
        """Action, resource and keys."""
        context = {name: self.key(key) for name, key in world.keys.items()}
        return {"action": self.text(world.action), "resource": "*" if self.is_true(world.without) else self.text(world.resource),
                "context": {name: value for name, value in context.items() if value is not None}}


class Evaluator:
    """The evaluator, as an adapter in another process (iam-testkit, `process`)."""

    def __init__(self, program):
        self.process = subprocess.Popen([program, "serve", "compiled"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def decide(self, request, layers):
        """The decision on a request."""
        print(json.dumps({"id": 0, "request": request, "policies": layers}), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        return answer.get("decision") or json.dumps(answer)

    def refuted(self, checks):
        """The decisions that are not as they should be: requests, layers, and whether these allow them."""
        wanted = {True: ("allowed",), False: ("explicit_deny", "implicit_deny")}
        decided = [(self.decide(request, layers), is_allowed) for request, layers, is_allowed in checks]
        return [decision for decision, is_allowed in decided if decision not in wanted[is_allowed]]
