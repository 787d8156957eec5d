"""Questions about all callers of a kind, outside of some accounts and organizations: does one of them get what A allows and B does not?

What is encoded, beside `rules.py`:

- Which callers there are. Names are made of letters, digits and `_+=,.@-`; paths of printable characters, and end with a slash; unique ids begin
  with `AIDA` (users) or `AROA` (roles) (IAM User Guide, `reference_identifiers`, `reference_iam-quotas`; names of sessions: part 1b).
- Which keys they have, and how these are tied: table 4b, rules 5.4, 6.1 and 6.2. Tags: users, roles and sessions have them (`id_tags`),
  sessions of federated users too (GFT); root users and callers without credentials have none.
- Organizations: an account is in at most one, and has one path in it; ids are `o-` with 10 to 32 letters and digits, roots `r-` with 4 to 32
  (Organizations API, `Organization`, `Root`).
- Services: they act for a resource whose account is outside, or for none. A service has one name, and none of the keys of an account. The
  name is given, or in question: letters, digits and `.-_`.
- Whom an entry names: 5.2 to 5.7, 5.6 for services (first reading), 7.39 for canonical users, 7.40, 7.46.
- The combination for another account: 5.30, 5.13 for callers without account, 5.25 and 5.33 for root users, 6.14 and 6.19 for federated users.
- 5.34: the resource is in the partition of the caller.
"""

import z3

from finite import variables
from rules import Skip, World, as_list, between, concat, some_apply

PARTITION = "aws"
LETTERS = z3.Union(z3.Range("a", "z"), z3.Range("A", "Z"), z3.Range("0", "9"))
WORD = z3.Union(LETTERS, *[z3.Re(c) for c in "_+=,.@-"])
DIGIT = z3.Range("0", "9")
ID = z3.Union(z3.Range("A", "Z"), DIGIT)
LOWER = z3.Union(z3.Range("a", "z"), DIGIT)
PRINTABLE = between(0x21, 0x7E)
PATH = z3.Option(z3.Concat(z3.Star(PRINTABLE), z3.Re("/")))
# Texts to try first: they show that there is a request faster than the whole languages do.
ACCOUNTS = ["333333333333", "222222222222"]
ORGANIZATIONS = ["o-bbbbbbbbbb", "o-aaaaaaaaaa", "o-cccccccccc"]
ROOTS = ["r-bbbb/", "r-bbbb/ou-x/", "r-cccc/"]
PATHS = ["", "p/"]
NAMES, LONG_NAMES = ["ab", "b", "AB", "xyz", "a"], ["ab", "AB", "xyz", "xb"]
MAKERS = ["user/ab", "root", "user/p/ab", "user/xyz"]
RESOURCES = ["arn:aws:s3:::b", "arn:aws:s3:::b/ab", "arn:aws:s3:::b/a", "arn:aws:s3:::x", "arn:aws:sns:::x"]
SERVICES = ["sns.amazonaws.com", "s3.amazonaws.com", "other.amazonaws.com"]
ACTIONS = ["s:a", "s:b", "t:a", "s:x", "u:x"]
OF_KIND = {"iam_user": "User", "assumed_role": "AssumedRole", "federated_user": "FederatedUser", "root": "Account",
           "anonymous": "Anonymous"}

# Table 4b: which keys belong to which callers.
OF_SERVICES = {"aws:principalservicename", "aws:principalservicenameslist", "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid",
               "aws:sourceorgpaths", "aws:sourceowner"}
OF_ROLES = {"aws:sourceidentity", "aws:federatedprovider"}
OF_CREDENTIALS = {"aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime"}
OF_ACCOUNTS = {"aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "kms:calleraccount"}
LISTS = {"aws:principalorgpaths", "aws:sourceorgpaths", "aws:principalservicenameslist", "aws:tagkeys"}


def text(value):
    """A constant."""
    return z3.StringVal(value)


def lacks(kind, name):
    """Whether no caller of a kind has a key."""
    is_person = kind not in ("anonymous", "aws_service")
    if name in OF_SERVICES:
        return kind != "aws_service"
    if name in OF_ROLES:
        return kind != "assumed_role"
    if name == "aws:username":
        return kind != "iam_user"
    if name == "aws:assumedroot":
        return kind != "root"
    if name in OF_CREDENTIALS | OF_ACCOUNTS:
        return not is_person
    if name.startswith("aws:principaltag/"):
        return kind not in ("iam_user", "assumed_role", "federated_user")
    if name == "aws:principalisawsservice":
        # Signed requests have it.
        return kind == "anonymous"
    # Of these no page says what they are for a service.
    return kind == "aws_service" and name in ("aws:principalaccount", "aws:principaltype", "aws:userid")


class CallerWorld(World):
    """A request of a caller of a kind."""

    def __init__(self, question, policies):
        super().__init__(policies, {name: "multiple" for name in LISTS})
        self.kind = question["kind"]
        self.service = question["service"]
        self.languages = {}
        self.candidates.update({"resource": RESOURCES, "action": ACTIONS})
        self.known = {"aws:principalisawsservice": text("true" if self.service else "false")}
        self.optional = {}
        self.names = {}
        self.inside = question["accounts"]
        organization = self.field("organization", z3.Concat(z3.Re("o-"), z3.Loop(LOWER, 10, 32)), ORGANIZATIONS)
        self.in_organization = z3.Bool("in organization")
        self.solver.add(*[z3.Implies(self.in_organization, organization != text(own)) for own in question["organizations"]])
        root = concat([z3.Re("r-"), z3.Loop(LOWER, 4, 32), z3.Re("/")])
        path = self.field("path in organization", z3.Concat(root, z3.Option(z3.Concat(z3.Star(PRINTABLE), z3.Re("/")))), ROOTS)
        side = "source" if self.service else "principal"
        self.optional[f"aws:{side}orgid"] = (self.in_organization, organization)
        self.optional[f"aws:{side}orgpaths"] = (self.in_organization, z3.Concat(organization, text("/"), path))
        if self.service:
            self.for_resource()
        elif self.kind == "anonymous":
            self.account = None
            self.known.update({"aws:principalaccount": text("anonymous"), "aws:userid": text("anonymous")})
        else:
            self.person()
        if not self.service:
            self.known["aws:principaltype"] = text(OF_KIND[self.kind])
        # Access across partitions is impossible (rule 5.34).
        self.solver.add(z3.Or(self.without, z3.PrefixOf(text(f"arn:{PARTITION}:"), self.resource)))

    def field(self, name, language, candidates):
        """A part of a name."""
        field = z3.String(name)
        self.languages[name] = (field, language)
        self.candidates[name] = candidates
        return field

    def close(self):
        """Adds the languages of the fields that matter. The others get a text of theirs."""
        used = {}
        for assertion in self.solver.assertions():
            variables(assertion, used)
        for name, (field, language) in self.languages.items():
            self.solver.add(z3.InRe(field, language) if name in used else field == text(self.candidates[name][0]))

    def account_outside(self, name):
        """The number of an account that is outside."""
        account = self.field(name, z3.Loop(DIGIT, 12, 12), ["444444444444"] + [own for own in ACCOUNTS if own not in self.inside])
        self.solver.add(*[account != text(own) for own in self.inside])
        return account

    def person(self):
        """The names of a caller who has an account."""
        self.account = account = self.account_outside("account")
        iam, sts = f"arn:{PARTITION}:iam::", f"arn:{PARTITION}:sts::"
        names = self.names
        if self.kind in ("iam_user", "assumed_role"):
            is_user = self.kind == "iam_user"
            path, name = self.field("path", PATH, PATHS), self.field("name", z3.Plus(WORD), NAMES)
            unique = self.field("unique id", z3.Concat(z3.Re("AIDA" if is_user else "AROA"), z3.Plus(ID)),
                                ["AIDAX"] if is_user else ["AROAX"])
            arn = z3.Concat(text(iam), account, text(":user/" if is_user else ":role/"), path, name)
            if is_user:
                names["user"] = arn
                self.known.update({"aws:username": name, "aws:userid": unique})
            else:
                session = self.field("session", z3.Concat(WORD, z3.Plus(WORD)), LONG_NAMES)
                # The ARN of the session has no path (rule 5.4).
                names["role"], names["session"] = arn, z3.Concat(
                    text(sts), account, text(":assumed-role/"), name, text("/"), session)
                self.known["aws:userid"] = z3.Concat(unique, text(":"), session)
        elif self.kind == "federated_user":
            name = self.field("name", z3.Concat(WORD, z3.Plus(WORD)), LONG_NAMES)
            arn = z3.Concat(text(sts), account, text(":federated-user/"), name)
            names["federated"] = arn
            maker = concat([z3.Re("user/"), PATH, z3.Plus(WORD)])
            self.made_by = self.field("made by", z3.Union(maker, z3.Re("root")), MAKERS)
            names["user"] = z3.Concat(text(iam), account, text(":"), self.made_by)
            self.known["aws:userid"] = z3.Concat(account, text(":"), name)
        else:
            arn = z3.Concat(text(iam), account, text(":root"))
            self.known["aws:userid"] = account
        self.known.update({"aws:principalarn": arn, "aws:principalaccount": account})
        self.optional["kms:calleraccount"] = (z3.Bool("to KMS"), account)

    def for_resource(self):
        """The resource for which a service acts. Its account is outside, whether its ARN tells it or not."""
        self.account = None
        language = z3.Plus(z3.Union(LOWER, z3.Re("."), z3.Re("-"), z3.Re("_")))
        self.name = name = text(self.service["name"]) if self.service["name"] else self.field("service name", language, SERVICES)
        self.known.update({"aws:principalservicename": name, "aws:principalservicenameslist": name})
        account = self.account_outside("account of the resource")
        segment = z3.Union(z3.Range("a", "z"), DIGIT, z3.Re("-"))
        parts = [text(f"arn:{PARTITION}:"), self.field("service", z3.Plus(segment), ["sns", "s3", "x"]), text(":"), self.field("region", z3.Star(segment), ["us-east-1", ""]),
                 text(":"), account if self.service["for_account"] else text(""), text(":"), self.field("rest", z3.Plus(PRINTABLE), NAMES)]
        self.optional["aws:sourcearn"] = (z3.Bool("source ARN"), z3.Concat(*parts))
        self.optional["aws:sourceaccount"] = (z3.Bool("source account"), account)
        self.optional["aws:sourceowner"] = (z3.Bool("source owner"), account)

    def new_key(self, name):
        """A key of the caller, or one that anybody can have."""
        if lacks(self.kind, name):
            return self.known_key(name, [text("")], present=False, several=name in LISTS)
        if name in self.known:
            return self.known_key(name, [self.known[name]], several=name in LISTS)
        if name in self.optional:
            present, value = self.optional[name]
            return self.known_key(name, [value], present=present, several=name in LISTS)
        key = super().new_key(name)
        # The texts of the policies themselves, as far as they are texts.
        texts = [value.replace("*", "").replace("?", "q") for value in self.texts.get(name, [])] + ["zz", ""]
        for value in key["values"]:
            if value.sort == "text":
                self.candidates[value.text.decl().name()] = list(dict.fromkeys(texts))
        return key

    def is_of(self, entry):
        """Whether an account entry is the caller's account (5.2, 5.5, 7.46). None if the entry is none."""
        number = entry.split(":")[4] if entry.startswith("arn:") and entry.endswith(":root") else entry
        if not (len(number) == 12 and number.isdigit()):
            return None
        if self.account is None or (entry.startswith("arn:") and entry.split(":")[1] != PARTITION):
            return z3.BoolVal(False)
        return self.account == text(number)

    def is_named(self, entry, name):
        """Whether an entry is this name of the caller."""
        return self.names[name] == text(entry) if name in self.names else z3.BoolVal(False)

    def named(self, statement, has_boundary):
        """Whether a statement of a resource policy names the caller."""
        if "NotPrincipal" in statement:
            return z3.Not(self.exempt(statement["NotPrincipal"], has_boundary))
        element = statement["Principal"]
        if element == "*":
            return z3.BoolVal(True)
        ways = []
        for entry in as_list(element.get("AWS", [])):
            if entry == "*":
                return z3.BoolVal(True)
            own = self.is_of(entry)
            if own is not None:
                ways.append(own)
                continue
            # A user's ARN names the federated users of that user as well.
            ways.extend(self.is_named(entry, name) for name in ("user", "role", "session", "federated"))
        ways.extend(self.are_services(element))
        if "CanonicalUser" in element:
            if statement["Effect"] == "Allow":
                raise Skip("an Allow for a canonical user")
            ways.append(z3.BoolVal(self.account is not None))
        return z3.Or(*ways)

    def are_services(self, element):
        """For each service that is named, whether it is the caller."""
        return [self.name == text(own) for own in as_list(element.get("Service", []))] if self.service else []

    def exempt(self, element, has_boundary):
        """Whether every name of the caller is listed (5.7, 7.40)."""
        if has_boundary:
            return z3.BoolVal(False)
        if self.service:
            return z3.Or(*self.are_services(element))
        needed = {"iam_user": ["user"], "assumed_role": ["session", "role"], "federated_user": ["federated", "user"], "root": []}
        if self.kind not in needed:
            return z3.BoolVal(False)
        entries = as_list(element.get("AWS", []))
        accounts = [own for own in map(self.is_of, entries) if own is not None]
        arns = [entry for entry in entries if self.is_of(entry) is None]
        return z3.And(z3.Or(*accounts), *[z3.Or(*[self.is_named(arn, name) for arn in arns]) for name in needed[self.kind]])

    def allows(self, layers):
        """Whether the layers allow the request: the caller's account, and that of the resource (5.30)."""
        boundary, session = layers["boundary"], layers["session"]
        resource = [layers["resource"]] if layers["resource"] else []
        of_resource = lambda effect: some_apply(self, resource, effect, lambda own: self.named(own, boundary is not None))
        if self.account is None:
            # Only the resource's policies are asked (5.13).
            return z3.And(of_resource("Allow"), z3.Not(of_resource("Deny")))
        denied = [of_resource("Deny")]
        denied += [some_apply(self, own, "Deny") for own in (layers["identity"], boundary or [], session or [])]
        identity = some_apply(self, layers["identity"], "Allow")
        limits = [some_apply(self, own, "Allow") for own in (boundary, session) if own is not None]
        if self.kind == "federated_user":
            # Root has every permission of the account (6.19). Without session policy there is none (6.14).
            identity = z3.Or(identity, self.made_by == text("root"))
            limits.append(z3.BoolVal(session is not None))
        own = z3.BoolVal(True) if self.kind == "root" else z3.And(identity, *limits)
        return z3.And(of_resource("Allow"), own, z3.Not(z3.Or(*denied)))


def policies(layers):
    """All policies of the layers."""
    return layers["identity"] + (layers["boundary"] or []) + (layers["session"] or []) + ([layers["resource"]] if layers["resource"] else [])


def encode(question):
    """The request in question, with what it has to meet."""
    allowed, beyond = question["allowed"], question["beyond"]
    world = CallerWorld(question, policies(allowed) + policies(beyond))
    if world.account is not None:
        # Rule 5.55: every principal that signs requests may do this, whatever policies say.
        world.solver.add(world.action != text("sts:getcalleridentity"))
    world.solver.add(world.allows(allowed), z3.Not(world.allows(beyond)))
    world.close()
    return world


def replayed(question, world, found):
    """The request of a model, with the layers of both sides and whether they allow it."""
    request = found.request(world)
    principal = {"type": world.kind}
    of = {name: found.text(value) for name, value in world.names.items()}
    if world.account is not None:
        principal["account"] = found.text(world.account)
        principal["arn"] = of.get("session") or found.text(world.known["aws:principalarn"])
    if world.kind == "assumed_role":
        principal["role_arn"] = of["role"]
    if world.kind == "federated_user":
        principal["user_arn"] = of["user"]
    if world.service:
        principal["service"] = found.text(world.name)
    request.update(principal=principal, resource_account=question["owner"], resource_kind="generic")
    return [(request, question["allowed"], True), (request, question["beyond"], False)]
