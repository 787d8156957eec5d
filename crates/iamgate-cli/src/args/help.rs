//! The text that the help of each verb shows after its flags.

pub(super) const EXIT_CODES: &str = "Exit codes:
  0   yes: allowed, nothing to report, all passed
  1   no: denied, findings, failures
  2   no answer: wrong usage, input that cannot be read or used, nothing found
  3   it depends on a condition key whose value is not known
  70  a bug in iamgate

Data goes to stdout, everything else to stderr; `-` is stdin. iamgate never uses the network.";

pub(super) const PREVIEW_HELP: &str = "Examples:
  iamgate preview policies/doit/support-gateway --profile standard
  aws iam get-account-authorization-details > account.json
  iamgate preview account.json --role DoiT-Support-Gateway --profile narrow --format markdown
  iamgate preview ROLE --for-tag DoitEnvironment=999999999999
  iamgate preview ROLE --profile standard --before-profile narrow

ROLE is a folder (role.json, trust.json, inline/*.json, managed-arns.json, managed-versions.json, managed/*.json, aws-managed/*.json, boundary.json or boundary-arn.json), or the output of \
`aws iam get-account-authorization-details`. Profiles and AWS managed policies \
are built in; --profiles and --managed name other folders, and the last line of the preview says so.

An action counts as possible under both if some request gets it through role, boundary and session: that is proven, action by action. \
What the role or the session allow alone is counted statement by statement, and is an upper bound.

With --before-..., only what changed is printed: actions that became possible, that no longer are, and that are in another way.

Exit codes: 0 the profile's promise holds, 1 something survives that it keeps out, 2 no answer. With --before-...: 0 nothing became possible, 1 \
something did.";

pub(super) const PLAN_HELP: &str = "Examples:
  iamgate plan policies/doit/support-gateway --claims policies/doit/example-claims.json --engineer ana@doit.com --case 4711
  iamgate plan ROLE --claims claims.json --engineer ana@doit.com --case 4711 --format sts > call.json
  iamgate plan ROLE --replay record.json

The claims are those of the token, decoded, one JSON object; signature, issuer and expiry are for the caller to verify. A plan exists only if \
the promise of the profile is proven for the sessions of this role, the trust policy admits the token, and STS would take the call.

--format json prints the decision record: canonical JSON with the hash of every input. --replay makes the decision of a record again, and \
says whether it is the same, byte for byte.

A newer version of a managed policy is proven anew if its text is known: with --managed, or in the output of `aws iam \
get-account-authorization-details`. The finding MANAGED_POLICY_NOT_REVIEWED then says that nobody reviewed it. If the role names a version \
(DefaultVersionId, or managed-versions.json: an object of ARNs) without its text, the finding is MANAGED_POLICY_CHANGED, and the profile decides.

Exit codes: 0 planned, or the same decision; 1 refused, or another decision; 2 no answer.";

pub(super) const RECORD_VERIFY_HELP: &str = "Examples:
  iamgate record verify records.jsonl --key public.pem
  iamgate record verify records.jsonl --key public.pem --head 41:6f1c...

Each line is signed, has a number, and names the SHA-256 of the line before. So a byte that was changed, and a line that is missing, repeated, \
moved or added, are told with their place. The public key suffices.

What a file cannot show: lines that were cut off its end, and a chain that the owner of the private key wrote anew. Whoever keeps the head that \
is printed here, and gives it with --head later, is told of both. Whether a record says the right thing is another question: \
`iamgate plan --replay` makes its decision again.

Exit codes: 0 intact, 1 not intact, 2 no answer.";

pub(super) const RECORD_SIGN_HELP: &str = "Examples:
  openssl genpkey -algorithm ed25519 -out private.pem
  openssl pkey -in private.pem -pubout -out public.pem
  iamgate plan ROLE --claims claims.json --engineer ana --case 4711 --format json | iamgate record sign - --key private.pem > records.jsonl
  iamgate record sign record.json --key private.pem --chain records.jsonl >> records.jsonl

For tests and small setups: the key lies in a file, and two programs that sign at once make two chains. A broker signs with a key that never \
leaves its service, and is the only writer.";

pub(super) const TRUST_HELP: &str = "Examples:
  iamgate trust policies/doit/support-gateway
  iamgate trust account.json --role DoiT-Support-Gateway --format json

Tokens as DoiT's identity providers send them, and tokens that differ in one thing each, are put to the trust policy as STS would put them. \
Each finding names a caller that shows it.

Exit codes: 0 DoiT's tokens are admitted and nobody is whom the profile refuses, 1 otherwise, 2 no answer.";

pub(super) const ROLES_HELP: &str = "Examples:
  aws iam get-account-authorization-details > account.json
  iamgate roles account.json
  iamgate roles account.json --role DoiT-Support-Gateway --format json

With --role and --format json, `files` holds the documents of the role by name, as a folder of a role has them.

Exit codes: 0 there are roles, 1 there are none, 2 no answer.";

pub(super) const PREFLIGHT_HELP: &str = "Examples:
  iamgate preflight policies/doit/installer-permissions.json --account 111122223333
  iamgate preflight mine.json team.json --account 111122223333

Every call of an installation is put to the policies, which are taken together. The placeholder CUSTOMER_AWS_ACCOUNT_ID in them stands for the \
account.

Exit codes: 0 every step is allowed, 1 some are not, 2 no answer.";

pub(super) const RESTRICT_HELP: &str = "Examples:
  iamgate restrict arn:aws:s3:::payroll --account 111122223333
  iamgate restrict arn:aws:sqs:eu-west-1:111122223333:orders
  iamgate restrict arn:aws:s3:::payroll --account 111122223333 --policy bucket-policy.json > new.json

Prints the policy for the resource: the one given and the statement, or the statement alone. Proven for every request: it denies each \
session that has the tag, and changes nothing for anybody without it. A statement that is there already is not \
added again. docs/see-what-a-role-allows.md lists the kinds of resources with such policies, such as buckets, keys, queues, tables and \
functions. For others the answer says why there is no statement, and prints one for the role.

Exit codes: 0 written and proven, 1 not proven, 2 no answer.";

pub(super) const PROVE_HELP: &str = "Examples:
  iamgate prove read-only policies/doit/support-gateway --profile standard
  iamgate prove read-only --any-role --profile narrow
  iamgate prove not-granted policy.json --action s3:PutObject --action 'kms:*'
  iamgate prove no-public bucket.json --owner 111122223333 --organization o-exampleorgid

A proof is about every request: any resource, any value of any condition key, and any name that AWS may give an action tomorrow. What \
is not proven is shown by one request, which `iamgate explain` takes as it is printed with --format json.

`no-public` is about every caller who is outside: IAM users, role sessions, federated users and root users of other accounts than --owner and \
--trust, in no --organization, and callers without credentials. Their own policies may allow everything; no policy but the given one is \
considered. Services of AWS do not count as outside: statements that let one act for other accounts are listed apart.

Exit codes: 0 proven, 1 broken by a request, 2 not known, or no answer.";

pub(super) const EFFECTIVE_HELP: &str = "Examples:
  iamgate effective policies/doit/support-gateway --profile narrow
  iamgate effective policies/doit/support-gateway --context aws:PrincipalTag/DoitEnvironment=123456789012

Prints one identity policy that allows what the role, its boundary and the session policies allow together. What is known of condition \
keys is put in; what is left is \"allowed only if\". The policy is compared with the layers in both directions, for every request, and \
stderr says whether it is exactly equal.

Exit codes: 0 exactly equal, 1 it allows less, 2 not known, or no answer.";

pub(super) const SHRINK_HELP: &str = "Examples:
  iamgate shrink policy.json --fit 2048
  iamgate shrink policy.json --fit 6144 --may-add --format json
  iamgate shrink bucket-policy.json --owner 111122223333
  iamgate shrink scp.json --kind scp

Prints a shorter policy that allows exactly what the given one allows, proven for every request, and for every caller if it names \
principals. With --may-add, wildcards may make the policy of a principal shorter still, if it does not fit without; stderr then lists what \
they add, the sensitive actions first. Resources and conditions of such a policy are never changed, and its Denies deny what they denied. In policies of other kinds, \
values that others cover are left out, statements that differ in one list are merged, and superfluous ones are removed.

Exit codes: 0 it fits and is equal, 1 it fits and adds something (--may-add), 2 it does not fit, or no answer.";

pub(super) const DIFF_HELP: &str = "Examples:
  iamgate diff old.json new.json
  iamgate diff old-bucket.json new-bucket.json --owner 111122223333
  iamgate diff old-scp.json new-scp.json --kind scp
  iamgate diff role-before/ role-after/
  iamgate diff policies-before/ policies-after/ --closed

Says what NEW allows that OLD does not, and the reverse, over every request. Each answer has a request that shows it; that there is no \
other is proven, and what the proof rests on is said. Where access became conditional, or ceased to be, it says \"only\" and on what.

Policies of every kind are compared: of principals, resources, KMS keys and VPC endpoints, trust policies, service and resource control \
policies. The kind follows from the document; --kind says it where it does not show (scp, rcp, vpc_endpoint). Documents with principals \
are compared for every caller of every account. Roles are folders or outputs, as for `iamgate preview`: their policies within their \
boundary, and their trust policies apart. Policies of two folders, or of two files with several, are matched by name.

Exit codes: 0 NEW allows nothing that OLD does not, 1 it does, 2 not known, or no answer.";

pub(super) const QUESTION_HELP: &str = "Examples:
  iamgate explain case.json
  iamgate eval --principal arn:aws:sts::111122223333:assumed-role/Support/ana --action s3:GetObject \\
    --resource arn:aws:s3:::bucket/key --identity role.json --session session.json
  iamgate eval --batch cases.jsonl
  iamgate eval --batch requests.jsonl --identity role.json --session session.json

A case file holds one object with the members `request` and `policies`, as test vectors do.

Nothing is derived from the principal: give aws:PrincipalArn and the like with --context. A key that is neither given nor named \
by --unknown is absent. Without --resource-account, the account in the resource's ARN owns it, or else the principal's own. Trust \
and key policies are recognised: a role with an action sts:AssumeRole*, a key of KMS.

Exit codes: 0 allowed, 1 denied, 2 no answer, 3 depends on an unknown key. With --batch: 0 if every line was answered, else 2.";

pub(super) const CHECK_HELP: &str = "Examples:
  iamgate check policy.json
  iamgate check 'policies/**/*.json' --format github
  iamgate check --kind session - < policy.json
  iamgate check --explain INVALID_ACTION
  iamgate check policies --write-baseline baseline.json
  iamgate check 'policies/**/*.json' --fix
  iamgate check policy.json --diff --unsafe

In a folder, every file *.json counts, except hidden ones, those that .gitignore names, and JSON that is plainly something else \
(without Statement and Version). A file that is named is always checked.

Without --kind, a policy that names principals is taken for a trust policy if it has no Resource and is about sts:AssumeRole*, or \
else for a resource policy; one that names none is taken for an identity policy.

iamgate.toml says what is reported, at which level, and what policies must never allow; docs/check.md describes it. It is looked for \
in the folder of the first path and those above, up to the root of the repository. Flags win over it. A comment `iamgate: ignore CODE -- reason` \
hides a finding in its line or the next one, in YAML and in JSON with comments.

--fix writes the files in place, keeps layout and comments, and then reports what is left. Safe fixes leave every decision as it was; \
others need --unsafe. Each file is read and checked again before it is written; a fix that does not stand that test is not made, and \
is named. stdin cannot be written: use --diff.

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 a document was refused or could not be read or written, or none was found. \
With --diff: 0 nothing to mend, 1 something, 2 a file could not be read.";

pub(super) const AUDIT_HELP: &str = "Examples:
  iamgate audit ROLE --record decisions.jsonl --events AWSLogs/123456789012/CloudTrail
  iamgate audit ROLE --record decision.json --events trail --until 2026-12-01T12:00:00Z --region us-east-1 eu-west-1
  aws cloudtrail lookup-events > events.json
  iamgate audit ROLE --record decision.json --events events.json

Reads the files that CloudTrail delivers (compressed or not), lines of JSON, the output of lookup-events, details of EventBridge, and rows of \
Athena or CloudTrail Lake. Each session is held against its plan: was it issued as planned, and is each call one that the plan allows? What a \
record does not tell is unknown, and a call is outside the plan only if the plan denies it for every value of it. A session by a provider of \
DoiT's that no record plans is the worst finding.

A session is complete only if a chain of digest files shows that no record is missing, and everything else is known of the records; otherwise \
the reasons say what is not.

Exit codes: 0 all as planned, 1 something was not, 2 no answer, or not one event, 3 records are missing, or calls are not proven.";

pub(super) const COULD_HELP: &str = "Examples:
  iamgate could policies/doit/support-gateway --action s3:GetObject --resource arn:aws:s3:::payroll/2026.csv
  iamgate could ROLE --action s3:GetObject --resource arn:aws:s3:::payroll/x --resource-policy bucket.json --for-tag DoitEnvironment=999999999999

What is not said of the request is not known; say what it does not have with --absent. `iamgate why` explains a message that access is denied.

Exit codes: 0 it could, 1 it could not, 2 no answer, 3 it depends on what is not known.";

pub(super) const WHY_HELP: &str = "Examples:
  iamgate why --message 'User: arn:aws:sts::111122223333:assumed-role/Support/ana is not authorized to perform: ...'
  terraform apply 2>&1 | iamgate why ROLE --message -
  aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=ana > events.json
  iamgate why ROLE --message events.json --profile narrow
  iamgate why ROLE --message denied.txt --resource-policy bucket.json

Reads the errors of programs in any of their forms: sentences, boxes of Terraform, XML, JSON, events of CloudTrail, decoded messages, and the \
output of `aws iam-toolbox get-request-authorization-details`. AWS's word comes first: who was denied what, by which type of policy. With ROLE, \
the documents of the role and of the profile are asked about the same request; they may lack policies that AWS saw, and say so.

Exit codes: 0 taken apart, and the documents agree if there are any; 1 they contradict a message; 2 no answer, or no message in the text; 3 they \
cannot know.";

pub(super) const PROFILES_HELP: &str = "Examples:
  iamgate profiles
  iamgate profiles build standard
  iamgate profiles review --managed new-versions

Exit codes: 0 every promise holds, 1 one does not, 2 no answer.";

pub(super) const BUILD_HELP: &str = "Examples:
  iamgate profiles build standard
  iamgate profiles build mine.json --managed policies/aws-managed --keep 'ec2:Describe*' --budget 2000
  iamgate profiles build mine.json --any-role --write mine.json

The guard is the Deny of the inline policy that takes out what the managed policies allow and the profile refuses: levels, classes, sensitive \
actions that it does not keep, and what is always denied. Each pattern is printed with what it refuses and with its price: the harmless actions \
that it also denies. An action of the role is ten times as dear as another.

The promise is proven for the profile with the new guard. All but the guard stays as it is in the file, byte for byte. A profile that is not \
proven is not written.

Exit codes: 0 written and proven, 1 it does not fit, contradicts itself or breaks the promise, 2 not known, or no answer.";

pub(super) const REVIEW_HELP: &str = "Examples:
  iamgate profiles review --managed new-versions
  iamgate profiles review standard --managed new-versions --before policies/aws-managed --format json

The versions are compared over every request. What is new is told by class, with the evidence for each class, and for each profile \
what of it passes the guard, whether the promise still holds, and the pins to write.

Exit codes: 0 every promise holds with the new versions, 1 one does not, 2 no answer.";
