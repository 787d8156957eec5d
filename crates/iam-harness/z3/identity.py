"""Questions about two identity policies of one principal, in its own account: is there a request that A allows and B does not?"""

import re

import z3

from models import Unwritten
from rules import World, some_apply

PRINCIPAL = {"type": "assumed_role", "arn": "arn:aws:sts::111122223333:assumed-role/r/s", "role_arn": "arn:aws:iam::111122223333:role/r",
             "account": "111122223333"}


def allows(world, policy):
    """Whether a policy allows the request (rule 5.10)."""
    return z3.And(some_apply(world, [policy], "Allow"), z3.Not(some_apply(world, [policy], "Deny")))


def encode(question):
    """The request in question, with what it has to meet."""
    a, b = question["a"], question["b"]
    world = World([a, b], question["kinds"])
    # Rule 5.55: every principal that signs requests may do this, whatever policies say.
    world.solver.add(world.action != z3.StringVal("sts:getcalleridentity"))
    world.solver.add(allows(world, a), z3.Not(allows(world, b)))
    return world


def replayed(question, world, found):
    """The request of a model, with the layers of both sides and whether they allow it."""
    request = found.request(world)
    # Access across partitions is impossible (rule 5.34), and no part of these questions.
    partition = request["resource"].split(":")[1] if ":" in request["resource"] else "aws"
    if not re.fullmatch("aws(-[a-z]+)*", partition):
        raise Unwritten("a partition that the evaluator does not read")
    principal = {name: value.replace("arn:aws:", f"arn:{partition}:") for name, value in PRINCIPAL.items()}
    request.update(principal=principal, resource_account="111122223333", resource_kind="generic")
    return [(request, {"identity": [question["a"]]}, True), (request, {"identity": [question["b"]]}, False)]
