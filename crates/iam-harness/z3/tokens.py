"""Questions about trust policies and all web identity tokens: does one open a session, and meet none of some tests?

A call of `AssumeRoleWithWebIdentity` makes one request or more, with the same keys (2.8): passing tags needs `sts:TagSession`, a source identity
needs `sts:SetSourceIdentity` (6.6). What is encoded, beside `rules.py`:

- Claims as keys (6.3, 6.15): `sub` is always there. `aud` is the authorized party, or the audience; several audiences need an authorized party
  (7.28), and `oaud` has all of them. `amr` is a list. Of other claims, only those that 6.15 names for the issuer are keys.
- The keys of the caller (6.3): those of its provider; no ARN, no tags.
- Names of sessions and source identities: letters, digits and `_+=,.@-`, two or more (part 1b).
- Session tags (6.5, 6.7, 6.8): each passed tag has a key, which stands in `aws:TagKeys` as it is spelled, and one value, which is
  `aws:RequestTag/k` for the key in any case. Transitive keys are keys of passed tags, in any case. Values and keys do not begin with `aws:`.
- Whom a statement names (5.2, 5.6, 5.52): the provider. For a Deny also everyone.
"""

import z3

from callers import LETTERS, WORD, text
from rules import TEXT, Skip, Text, World, any_case, as_list, between, condition, some_apply

ROLE, ACCOUNT = "arn:aws:iam::111122223333:role/r", "111122223333"
CALL, TAGGING, IDENTIFYING = "sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity"
GITHUB = "token.actions.githubusercontent.com"
OF_GITHUB = {"actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository", "repository_id",
             "repository_owner_id", "workflow"}
TAG = z3.Union(LETTERS, *[z3.Re(c) for c in " _.:/=+-@"], between(0xC0, 0x24F))
NOT_RESERVED = z3.Complement(z3.Concat(any_case("aws"), z3.Re(":"), z3.Full(z3.ReSort(z3.StringSort()))))
VALUE = z3.Intersect(z3.Star(TAG), NOT_RESERVED)
TAG_PREFIX = "aws:requesttag/"


def is_tag_key(own):
    """Whether a text of a policy may be the key of a tag."""
    return own != "" and not set(own) & set("*?$,") and not own.lower().startswith("aws:")


class TokenWorld(World):
    """A call with a token of a provider."""

    def __init__(self, question):
        tests = [{"Statement": [{"Condition": own} for own in question["unless"]]}]
        super().__init__([question["trust"]] + tests, {})
        self.candidates.update({"resource": ["arn:aws:s3:::b"], "action": ["s:a"]})
        self.provider, self.issuer = question["provider"], question["issuer"].lower()
        self.solver.add(self.resource == text("arn:aws:s3:::b"))
        self.known = {"aws:federatedprovider": text(self.provider), "aws:principalaccount": text(ACCOUNT), "aws:principaltype": text("User"),
                      "aws:userid": text(self.provider), "aws:securetransport": text("true"), "aws:resourceaccount": text(ACCOUNT),
                      "sts:roleauthorizedbyidp": z3.If(z3.Bool("lists the role"), text("true"), text("false")),
                      "sts:rolesessionname": self.field("session name", z3.Concat(WORD, z3.Plus(WORD)), ["ab", "a@", "xyz", "A_"])}
        self.has_identity = z3.Bool("source identity")
        self.identity = self.field("identity", z3.Concat(WORD, z3.Plus(WORD)), ["ab", "xyz", "aX"])
        self.audiences()
        self.tags()

    def field(self, name, language, candidates):
        """A part of the call."""
        field = z3.String(name)
        self.solver.add(z3.InRe(field, language))
        self.candidates[name] = candidates
        return field

    def named_texts(self, name):
        """Texts to try first for a key: those that policies compare it with, without wildcards."""
        return list(dict.fromkeys([own.replace("*", "").replace("?", "q") for own in self.texts.get(name, [])] + ["zz", ""]))

    def audiences(self):
        """The claims `aud` and `azp`."""
        names = [f"{self.issuer}:aud", f"{self.issuer}:oaud"]
        texts = list(dict.fromkeys(self.named_texts(names[0]) + self.named_texts(names[1])))[:6]
        has_party, several = z3.Bool("azp"), z3.Bool("several audiences")
        party = self.field("authorized party", TEXT, texts)
        count = len(self.uses.get(names[1], [])) + 2
        audiences = [self.field(f"audience {n}", TEXT, texts) for n in range(count)]
        there = [z3.BoolVal(True), several] + [z3.And(several, z3.Bool(f"audience there {n}")) for n in range(2, count)]
        self.solver.add(z3.Implies(several, has_party))
        self.known[names[0]] = z3.If(has_party, party, audiences[0])
        self.keys[names[1]] = {"present": z3.BoolVal(True), "several": several, "sort": "text",
                               "values": [Text(own) for own in audiences], "there": there}

    def tags(self):
        """The tags that are passed: those that the policies mention by name, and some others."""
        names = [name[len(TAG_PREFIX):] for name in self.uses if name.startswith(TAG_PREFIX)]
        lists = ("aws:tagkeys", "sts:transitivetagkeys")
        names += [own.lower() for name in lists for own in self.texts.get(name, []) if is_tag_key(own)]
        names = list(dict.fromkeys(names))
        others = sum(len(self.uses.get(name, [])) for name in lists) + 1
        self.passed = []
        for n in range(len(names) + others):
            if n < len(names):
                language, texts = any_case(names[n]), list(dict.fromkeys([names[n], names[n].upper()]))
            else:
                language = z3.Intersect(z3.Plus(TAG), NOT_RESERVED, *[z3.Complement(any_case(own)) for own in names])
                texts = [own for own in ("q", "xq", "yq") if own not in names]
            key = self.field(f"tag {n}", language, texts)
            values = self.named_texts(TAG_PREFIX + names[n]) if n < len(names) else ["zz"]
            value = self.field(f"value {n}", VALUE, [own for own in values if not own.startswith("aws:") and "," not in own])
            transitive = self.field(f"transitive {n}", language, texts) if n < len(names) else key
            self.passed.append((z3.Bool(f"passes {n}"), key, value, z3.Bool(f"is transitive {n}"), transitive))
        there = [passes for passes, *_ in self.passed]
        chained = [z3.And(passes, own) for passes, _, _, own, _ in self.passed]
        self.passes_tags = z3.Or(*there)
        self.keys["aws:tagkeys"] = {"present": self.passes_tags, "several": z3.BoolVal(True), "sort": "text", "there": there,
                                    "values": [Text(key) for _, key, *_ in self.passed]}
        self.keys["sts:transitivetagkeys"] = {"present": z3.Or(*chained), "several": z3.BoolVal(True), "sort": "text", "there": chained,
                                              "values": [Text(own[4]) for own in self.passed]}
        self.of_tags = {TAG_PREFIX + name: (own[0], own[2]) for name, own in zip(names, self.passed)}

    def new_key(self, name):
        """A key of the call (6.3)."""
        if name in self.known:
            return self.known_key(name, [self.known[name]])
        if name in self.of_tags:
            present, value = self.of_tags[name]
            return self.known_key(name, [value], present=present)
        if name == "sts:sourceidentity":
            return self.known_key(name, [self.identity], present=self.has_identity)
        if name in ("aws:sourceip", "aws:sourcevpc"):
            return super().new_key(name)
        if name.startswith(self.issuer + ":"):
            claim = name[len(self.issuer) + 1:]
            if claim in ("sub", "email", "amr") or (self.issuer == GITHUB and claim in OF_GITHUB):
                self.kinds[name] = {"amr": "multiple", "sub": "single", "email": "single"}.get(claim, "either")
                key = super().new_key(name)
                if claim == "sub":
                    self.solver.add(key["present"])
                for value in key["values"]:
                    self.candidates[value.text.decl().name()] = self.named_texts(name)
                return key
        # No other claim is a key, nor is one of another issuer, and the caller has neither an ARN nor tags.
        is_claim = "." in name.split(":")[0]
        is_absent = is_claim or name.startswith("aws:principaltag/") or name in ("aws:principalarn", "sts:externalid")
        if not is_absent:
            raise Skip(f"the key {name}")
        return self.known_key(name, [text("")], present=False)

    def named(self, statement):
        """Whether a statement names the callers of the provider (5.6, 5.52)."""
        element = statement["Principal"]
        is_deny = statement["Effect"] == "Deny"
        if element == "*" or "*" in as_list(element.get("AWS", [])):
            return z3.BoolVal(is_deny)
        return z3.BoolVal(self.provider in as_list(element.get("Federated", [])))

    def allows(self, policy, action):
        """Whether the trust policy allows a request of the call."""
        self.action = text(action)
        return z3.And(some_apply(self, [policy], "Allow", self.named), z3.Not(some_apply(self, [policy], "Deny", self.named)))


def encode(question):
    """The call in question, with what it has to meet."""
    world, policy = TokenWorld(question), question["trust"]
    world.solver.add(world.allows(policy, CALL), z3.Implies(world.passes_tags, world.allows(policy, TAGGING)),
                     z3.Implies(world.has_identity, world.allows(policy, IDENTIFYING)))
    for block in question["unless"]:
        world.solver.add(z3.Not(z3.And(*[condition(world, operator, key, values, False)
                                         for operator, keys in block.items() for key, values in keys.items()])))
    return world


def replayed(question, world, found):
    """The requests of the call, each with policies and whether they allow it."""
    context = {name: value for name, value in ((name, found.key(key)) for name, key in world.keys.items()) if value is not None}
    for name in ("aws:tagkeys", "sts:transitivetagkeys"):
        if context.get(name) == []:
            del context[name]

    def request(action):
        return {"principal": {"type": "web_identity", "provider": world.provider}, "action": action, "resource": ROLE,
                "resource_account": ACCOUNT, "resource_kind": "iam_role_trust", "context": context}

    trust = {"identity": [], "resource": question["trust"]}
    checks = [(request(CALL), trust, True)]
    checks += [(request(action), trust, True) for action, needed in ((TAGGING, world.passes_tags), (IDENTIFYING, world.has_identity))
               if found.is_true(needed)]
    if question["unless"]:
        statements = [{"Effect": "Allow", "Principal": {"Federated": world.provider}, "Action": CALL, "Condition": own}
                      for own in question["unless"]]
        tests = {"identity": [], "resource": {"Version": "2008-10-17", "Statement": statements}}
        checks.append((request(CALL), tests, False))
    return checks
