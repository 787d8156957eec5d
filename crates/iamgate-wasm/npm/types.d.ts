// Written from schemas/ by scripts/types.js.

/**
 * How serious a finding is.
 */
export type FailOn = "error" | "security-warning" | "warning" | "suggestion";
/**
 * What a resource is.
 */
export type ResourceKindFlag = "generic" | "iam-role-trust" | "kms-key";

/**
 * What each verb is asked.
 */
export interface Questions {
  changes: PreviewArgs;
  check: CheckArgs;
  could: CouldArgs;
  diff: DiffArgs;
  documents: PreviewArgs;
  effective: EffectiveArgs;
  eval: QuestionArgs;
  explain: QuestionArgs;
  "no-public": NoPublicArgs;
  "not-granted": NotGrantedArgs;
  plan: PlanArgs;
  preflight: PreflightArgs;
  preview: PreviewArgs;
  profiles: ProfilesArgs;
  "profiles-build": BuildProfileArgs;
  "profiles-review": ReviewProfilesArgs;
  "read-only": ReadOnlyArgs;
  restrict: RestrictArgs;
  roles: RolesArgs;
  shrink: ShrinkArgs;
  trust: TrustArgs;
  why: WhyArgs;
}
/**
 * A role and a session profile.
 */
export interface PreviewArgs {
  /**
   * Say what changed since another catalogue of actions
   */
  before_catalogue?: string | null;
  /**
   * Say what changed since another profile
   */
  before_profile?: string | null;
  /**
   * Say what changed since another state of the role: a folder or a file
   */
  before_role?: string | null;
  /**
   * A tag that the session has, as KEY=VALUE; KEY alone if it has none of that key. Tags that are not said may have any value, or be absent
   */
  for_tag?: string[];
  session?: SessionFlags;
  /**
   * The role: a folder, a file, or `-`
   */
  snapshot: string;
}
/**
 * Which session
 */
export interface SessionFlags {
  /**
   * The account that the profile is filled in for, if not the role's
   */
  account?: string | null;
  /**
   * A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
   */
  managed?: string | null;
  /**
   * The session profile
   */
  profile?: string;
  /**
   * A folder of profiles, in place of those that are built in
   */
  profiles?: string | null;
  /**
   * The role's name or ARN, if the file has several
   */
  role?: string | null;
}
/**
 * Documents to look for mistakes in.
 */
export interface CheckArgs {
  /**
   * The least serious finding that makes the exit code 1; security-warning if nothing says otherwise
   */
  fail_on?: FailOn | null;
  /**
   * Do not report findings of these codes
   */
  ignore?: string[];
  /**
   * What kind of policy the documents are
   */
  kind?: string | null;
  /**
   * How documents are read: strict refuses what AWS or Access Analyzer refuses, deployed only what has no defined meaning
   */
  mode?: "strict" | "deployed";
  /**
   * Files, folders, globs such as 'policies/** /*.json', or `-`
   */
  paths: string[];
  /**
   * Report only findings of these codes, whatever the configuration selects and ignores; ALL for all
   */
  select?: string[];
  /**
   * Leave out files that have no policy, also those that are named; finding none is no error
   */
  skip_others?: boolean;
}
/**
 * Something that a session of a role could do.
 */
export interface CouldArgs {
  /**
   * A condition key that the request does not have
   */
  absent?: string[];
  /**
   * The action, such as s3:GetObject
   */
  action?: string | null;
  /**
   * What is known of the request, such as aws:SourceIp=192.0.2.1
   */
  context?: string[];
  /**
   * A tag that the session has, as KEY=VALUE; KEY alone if it has none of that key
   */
  for_tag?: string[];
  /**
   * The resource's ARN; `*` if not given, for an action that has none
   */
  resource?: string | null;
  /**
   * The policy of the resource
   */
  resource_policy?: string | null;
  session?: SessionFlags1;
  /**
   * The role: a folder, a file, or `-`
   */
  snapshot: string;
}
/**
 * Which session
 */
export interface SessionFlags1 {
  /**
   * The account that the profile is filled in for, if not the role's
   */
  account?: string | null;
  /**
   * A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
   */
  managed?: string | null;
  /**
   * The session profile
   */
  profile?: string;
  /**
   * A folder of profiles, in place of those that are built in
   */
  profiles?: string | null;
  /**
   * The role's name or ARN, if the file has several
   */
  role?: string | null;
}
/**
 * Two documents of one kind side by side.
 */
export interface DiffArgs {
  /**
   * Only actions of the catalogue, not every name that an action may get
   */
  closed?: boolean;
  /**
   * What kind of policies they are, if they do not say: they look alike to those of principals (scp), or of resources (rcp, vpc_endpoint)
   */
  kind?: string | null;
  /**
   * A folder of AWS managed policies with MANIFEST.json, for roles that have them
   */
  managed?: string | null;
  /**
   * How policies are read: strict refuses what AWS or Access Analyzer refuses, deployed only what has no defined meaning
   */
  mode?: "strict" | "deployed";
  /**
   * The document after
   */
  new: string;
  /**
   * The document before: a policy of whatever kind, a role (a folder or an output), a folder of policies, or `-`
   */
  old: string;
  /**
   * The account that owns the resource, or the role whose trust policy it is
   */
  owner?: string | null;
  /**
   * The role's name or ARN, if an output has several
   */
  role?: string | null;
}
/**
 * A session as one policy.
 */
export interface EffectiveArgs {
  /**
   * A condition key that no request has
   */
  absent?: string[];
  /**
   * A condition key that every request has with this value
   */
  context?: string[];
  session?: SessionFlags2;
  /**
   * The role: a folder, a file, or `-`
   */
  snapshot: string;
}
/**
 * Which session
 */
export interface SessionFlags2 {
  /**
   * The account that the profile is filled in for, if not the role's
   */
  account?: string | null;
  /**
   * A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
   */
  managed?: string | null;
  /**
   * The session profile
   */
  profile?: string;
  /**
   * A folder of profiles, in place of those that are built in
   */
  profiles?: string | null;
  /**
   * The role's name or ARN, if the file has several
   */
  role?: string | null;
}
/**
 * A request and the policies it meets.
 */
export interface QuestionArgs {
  /**
   * A case file, or `-`
   */
  case?: string | null;
  /**
   * How policies are read: strict refuses what AWS or Access Analyzer refuses, deployed only what has no defined meaning
   */
  mode?: "strict" | "deployed";
  policies?: PolicyFlags;
  request?: RequestFlags;
  /**
   * Answer `depends` if evidence about AWS leaves a point open that would change the answer
   */
  strict_readings?: boolean;
}
/**
 * The policies
 */
export interface PolicyFlags {
  /**
   * The permissions boundary
   */
  boundary?: string | null;
  /**
   * The principal's identity policies
   */
  identity?: string[];
  /**
   * One level of resource control policies; repeat from the root down to the account
   */
  rcp?: string[];
  /**
   * The policy of the resource
   */
  resource_policy?: string | null;
  /**
   * A scope-down policy of sts:GetScopedCredentials; repeat for each call of the chain
   */
  scope?: string[];
  /**
   * One level of service control policies; repeat from the root down to the account
   */
  scp?: string[];
  /**
   * The session policies
   */
  session?: string[];
  /**
   * The policies of the VPC endpoint
   */
  vpc_endpoint?: string[];
}
/**
 * The request
 */
export interface RequestFlags {
  /**
   * The action, such as s3:GetObject
   */
  action?: string | null;
  /**
   * A condition key and its value. KEY=[...] is a list in JSON and makes the key multivalued
   */
  context?: string[];
  /**
   * Who asks: ARN of a user, role session, federated user, root user or identity provider; a service's
   * name; or `anonymous`
   */
  principal?: string | null;
  /**
   * The resource's ARN, or `*` for an action that has none
   */
  resource?: string | null;
  /**
   * The account that owns the resource
   */
  resource_account?: string | null;
  /**
   * What the resource is, if that is not to be recognised
   */
  resource_kind?: ResourceKindFlag | null;
  /**
   * The ARN of the role of a session, if the role has a path
   */
  role_arn?: string | null;
  /**
   * The role is service-linked
   */
  service_linked?: boolean;
  /**
   * A condition key whose value is not known
   */
  unknown?: string[];
  /**
   * The ARN of the user who made a federated user
   */
  user_arn?: string | null;
}
/**
 * Who may be let in.
 */
export interface NoPublicArgs {
  /**
   * An organization that belongs in, such as o-exampleorgid
   */
  organization?: string[];
  /**
   * The account that owns the resource
   */
  owner: string;
  /**
   * A resource-based policy, or `-`
   */
  policy: string;
  /**
   * Another account that belongs in
   */
  trust?: string[];
}
/**
 * Actions that must not be granted.
 */
export interface NotGrantedArgs {
  /**
   * An action, or a pattern of actions
   */
  action: string[];
  /**
   * Identity policies, which are taken together; or `-`
   */
  policies: string[];
  /**
   * A pattern of resources; any if not given
   */
  resource?: string[];
}
/**
 * A session that is asked for.
 */
export interface PlanArgs {
  /**
   * The time of the call, such as 2026-11-26T12:00:00Z; now if not given
   */
  at?: string | null;
  /**
   * The support case that it is for; part of its name
   */
  case?: string | null;
  /**
   * The claims of the verified token, or `-`
   */
  claims?: string | null;
  /**
   * What else is known of the call, such as aws:SourceIp=192.0.2.1; a trust policy that asks for what is not known does not admit the token
   */
  context?: string[];
  /**
   * How long it lasts
   */
  duration?: number;
  /**
   * Who works with the session; part of its name
   */
  engineer?: string | null;
  /**
   * The identity provider of the token: its issuer or its ARN; the claim `iss` if not given
   */
  provider?: string | null;
  /**
   * A list of identity providers, in place of DoiT's
   */
  providers?: string | null;
  /**
   * A decision record, whose decision is to be made again
   */
  replay?: string | null;
  session?: SessionFlags3;
  /**
   * The role: a folder, a file, or `-`
   */
  snapshot: string;
}
/**
 * Which session
 */
export interface SessionFlags3 {
  /**
   * The account that the profile is filled in for, if not the role's
   */
  account?: string | null;
  /**
   * A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
   */
  managed?: string | null;
  /**
   * The session profile
   */
  profile?: string;
  /**
   * A folder of profiles, in place of those that are built in
   */
  profiles?: string | null;
  /**
   * The role's name or ARN, if the file has several
   */
  role?: string | null;
}
/**
 * Policies of somebody who installs.
 */
export interface PreflightArgs {
  /**
   * The account into which the roles are installed
   */
  account: string;
  /**
   * Identity policies, or `-`
   */
  policies: string[];
  /**
   * The steps of another installation
   */
  steps?: string | null;
}
/**
 * The profiles there are.
 */
export interface ProfilesArgs {
  /**
   * A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
   */
  managed?: string | null;
  /**
   * A folder of profiles, in place of those that are built in
   */
  profiles?: string | null;
}
/**
 * A profile whose guard is written.
 */
export interface BuildProfileArgs {
  /**
   * Whatever the role allows: all actions are equally dear
   */
  any_role?: boolean;
  /**
   * How many characters inline policy and ARNs may have, if not what the profile says
   */
  budget?: number | null;
  /**
   * Actions that must not be denied, such as ec2:Describe*
   */
  keep?: string[];
  /**
   * A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
   */
  managed?: string | null;
  /**
   * The profile: its name, or the path of its file
   */
  profile: string;
  /**
   * A folder of profiles, in place of those that are built in
   */
  profiles?: string | null;
  /**
   * The role, a folder: an action that it has is ten times as dear as another; DoiT's support role if not given
   */
  role?: string | null;
}
/**
 * Versions of managed policies that are compared.
 */
export interface ReviewProfilesArgs {
  /**
   * The folder of the versions that they are compared with, in place of those that are built in
   */
  before?: string | null;
  /**
   * The folder of the new versions, with MANIFEST.json
   */
  managed: string;
  /**
   * The profile: its name, or the path of its file; all profiles if not given
   */
  profile?: string | null;
  /**
   * A folder of profiles, in place of those that are built in
   */
  profiles?: string | null;
}
/**
 * The promise of a profile.
 */
export interface ReadOnlyArgs {
  /**
   * Whatever the role allows
   */
  any_role?: boolean;
  /**
   * A condition key that every request has with this value, such as aws:PrincipalTag/DoitEnvironment=111122223333
   */
  context?: string[];
  /**
   * What is assumed of resource policies that are not given: that there are none, that none names the session itself or everyone, or
   * nothing, so that only a Deny keeps an action out
   */
  resource_policies?: "none" | "not-the-session" | "any";
  session?: SessionFlags4;
  /**
   * The role: a folder, a file, or `-`
   */
  snapshot?: string | null;
}
/**
 * Which session
 */
export interface SessionFlags4 {
  /**
   * The account that the profile is filled in for, if not the role's
   */
  account?: string | null;
  /**
   * A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
   */
  managed?: string | null;
  /**
   * The session profile
   */
  profile?: string;
  /**
   * A folder of profiles, in place of those that are built in
   */
  profiles?: string | null;
  /**
   * The role's name or ARN, if the file has several
   */
  role?: string | null;
}
/**
 * A resource that DoiT shall not touch.
 */
export interface RestrictArgs {
  /**
   * The account that owns it, if its ARN does not say
   */
  account?: string | null;
  /**
   * The policy that it has now, or `-`. Some resources always have one, such as keys and topics, and it is then needed
   */
  policy?: string | null;
  /**
   * The resource
   */
  resource: string;
  /**
   * The key of the tag that DoiT's sessions have
   */
  tag?: string;
}
/**
 * The roles of an account.
 */
export interface RolesArgs {
  /**
   * The output of `aws iam get-account-authorization-details`, or `-`
   */
  file: string;
  /**
   * Print one role as the files of a folder
   */
  role?: string | null;
}
/**
 * A policy that is too long.
 */
export interface ShrinkArgs {
  /**
   * The most characters, white space included: 2048 for the session policies of a session, 6144 for a managed policy. If not given, 2048 for
   * policies of principals, and for the others AWS's quota of the kind
   */
  fit?: number | null;
  /**
   * What kind of policy it is, if it does not say: scp looks like a policy of principals; rcp and vpc_endpoint, like one of resources
   */
  kind?: string | null;
  /**
   * Let the shorter policy of a principal allow more than the given one, if it does not fit otherwise, and list what is added
   */
  may_add?: boolean;
  /**
   * How policies are read: strict refuses what AWS or Access Analyzer refuses, deployed only what has no defined meaning
   */
  mode?: "strict" | "deployed";
  /**
   * The account that owns the resource, or the role whose trust policy it is
   */
  owner?: string | null;
  /**
   * A policy of whatever kind, or `-`
   */
  policy: string;
}
/**
 * A role whose trust policy is looked at.
 */
export interface TrustArgs {
  /**
   * The time of the call, such as 2026-11-26T12:00:00Z; now if not given
   */
  at?: string | null;
  /**
   * The claims of one token, or `-`: the answer is about this token
   */
  claims?: string | null;
  /**
   * What else is known of the call, such as aws:SourceIp=192.0.2.1; what is not known may be anything
   */
  context?: string[];
  /**
   * The identity provider of the token: its issuer or its ARN; the claim `iss` if not given
   */
  provider?: string | null;
  /**
   * A list of identity providers, in place of DoiT's
   */
  providers?: string | null;
  session?: SessionFlags5;
  /**
   * The name of the session that the token asks for; `session` if not given
   */
  session_name?: string | null;
  /**
   * The role: a folder, a file, or `-`; or a trust policy alone
   */
  snapshot: string;
}
/**
 * Which session
 */
export interface SessionFlags5 {
  /**
   * The account that the profile is filled in for, if not the role's
   */
  account?: string | null;
  /**
   * A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
   */
  managed?: string | null;
  /**
   * The session profile
   */
  profile?: string;
  /**
   * A folder of profiles, in place of those that are built in
   */
  profiles?: string | null;
  /**
   * The role's name or ARN, if the file has several
   */
  role?: string | null;
}
/**
 * Messages with which AWS denied access.
 */
export interface WhyArgs {
  /**
   * A condition key that the request does not have
   */
  absent?: string[];
  /**
   * What is known of the request, such as aws:SourceIp=192.0.2.1
   */
  context?: string[];
  /**
   * A tag that the session has, as KEY=VALUE; KEY alone if it has none of that key
   */
  for_tag?: string[];
  /**
   * What AWS printed: the text itself, a file, or `-`. Errors of programs, events of CloudTrail and details of denials are read as they are
   */
  message: string;
  /**
   * The policy of the resource
   */
  resource_policy?: string | null;
  session?: SessionFlags6;
  /**
   * The role that was denied, or of which somebody got no session: a folder, a file, or `-`. Without it, the messages are only taken apart
   */
  snapshot?: string | null;
}
/**
 * Which session
 */
export interface SessionFlags6 {
  /**
   * The account that the profile is filled in for, if not the role's
   */
  account?: string | null;
  /**
   * A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
   */
  managed?: string | null;
  /**
   * The session profile
   */
  profile?: string;
  /**
   * A folder of profiles, in place of those that are built in
   */
  profiles?: string | null;
  /**
   * The role's name or ARN, if the file has several
   */
  role?: string | null;
}
/**
 * A step of a path, as Access Analyzer writes it: into an array, into the value of a member, or to the name of a member.
 */
export type Step =
  | {
      index: number;
    }
  | {
      value: string;
    }
  | {
      key: string;
    };
/**
 * Where it was decided not to count a finding.
 */
export type Hiding = "comment" | "configuration" | "baseline";
/**
 * The kind of a doubt.
 */
export type DoubtKind =
  "steps" | "types" | "variables" | "characters" | "unidentified" | "unasked" | "readings" | "defect";
export type RecordVerdict = "planned" | "refused";

/**
 * What each verb answers.
 */
export interface Answers {
  changes: ChangesJson;
  check: Report;
  could: CouldJson;
  diff: DiffJson;
  documents: DocumentsJson;
  effective: EffectiveJson;
  eval: QuestionJson;
  explain: ExplanationJson;
  "no-public": PublicJson;
  "not-granted": GrantedJson;
  plan: DecisionRecord;
  preflight: PreflightJson;
  preview: PreviewJson;
  profiles: ProfilesJson;
  "profiles-build": GuardJson;
  "profiles-review": ReviewJson;
  "read-only": ProofJson;
  refused: Refused;
  restrict: RestrictionJson;
  roles: RolesJson;
  shrink: ShrinkJson;
  trust: TrustJson;
  why: WhyJson;
}
export interface ChangesJson {
  data: DataDates;
  gained: ChangeJson[];
  lost: ChangeJson[];
  moved: ChangeJson[];
  schema: string;
  since: string;
  /**
   * Names that were given and that are not known.
   */
  unknown_names?: UnknownName[];
  version: number;
}
/**
 * The days of the data about AWS on which an answer rests, as `YYYY-MM-DD`. A day is left out if the answer does not rest on these data.
 *
 * AWS changes its actions and its managed policies all the time, so an answer holds as of the day of its data. An answer has days and never
 * an age: the same input gives the same bytes on every day.
 */
export interface DataDates {
  /**
   * The day of the catalogue: names and levels of the actions.
   */
  catalogue?: string | null;
  /**
   * The day of the details of the catalogue: resource types and condition keys of the actions.
   */
  details?: string | null;
  /**
   * The day of the newest of the pinned AWS managed policies. Also left out if their manifest has no days.
   */
  managed_policies?: string | null;
}
export interface ChangeJson {
  action: string;
  after: string;
  before: string;
  level?: "List" | "Read" | "Write" | "Tagging" | "Permissions management" | null;
  request?: RequestJson | null;
}
/**
 * A request as a case file has it.
 */
export interface RequestJson {
  [k: string]: unknown;
}
/**
 * A name that is not known.
 */
export interface UnknownName {
  /**
   * What it is a name of.
   */
  kind: "action" | "service" | "condition-key" | "tag";
  /**
   * The name, as it was given.
   */
  name: string;
  /**
   * Up to three known names that somebody may have meant, the nearest first.
   */
  near: string[];
  /**
   * Where the name is not known, as one sentence without a full stop.
   */
  says: string;
}
export interface Report {
  /**
   * What was decided elsewhere. Left out without a configuration and a baseline.
   */
  config?: ConfigJson | null;
  errors: ErrorJson[];
  files: FileJson[];
  /**
   * What was mended before the documents were looked at; left out without `--fix`.
   */
  mended?: MendedJson[];
  /**
   * What files are that are more than a policy.
   */
  notes?: Note[] | null;
  /**
   * What is to be said about the configuration and the baseline.
   */
  notices?: Notice[] | null;
  schema: string;
  skipped: string[];
  version: number;
}
export interface ConfigJson {
  /**
   * The baseline.
   */
  baseline?: string | null;
  /**
   * Files that the configuration leaves out.
   */
  excluded?: string[];
  /**
   * The level from which on a finding makes the exit code 1.
   */
  failOn: string;
  /**
   * The configuration.
   */
  file?: string | null;
}
/**
 * A trouble as JSON.
 */
export interface ErrorJson {
  /**
   * A stable code.
   */
  code: string;
  /**
   * The column in characters, counted from 1.
   */
  column?: number | null;
  /**
   * The file.
   */
  file?: string | null;
  /**
   * What would be right.
   */
  help: string;
  /**
   * The line, counted from 1.
   */
  line?: number | null;
  /**
   * What was found.
   */
  message: string;
}
export interface FileJson {
  accepted: boolean;
  /**
   * Which document of the file; left out if the file is a policy.
   */
  document?: string | null;
  file: string;
  findings: Finding[];
  kind: string;
  kind_inferred: boolean;
  /**
   * Findings that somebody decided not to count.
   */
  suppressed?: HiddenJson[];
}
/**
 * A finding in the form of Access Analyzer.
 */
export interface Finding {
  /**
   * Not one of Access Analyzer's members: all actions that the finding is about. Left out where `findingDetails` names them all.
   */
  actions?: string[];
  findingDetails: string;
  findingType: string;
  /**
   * Not one of Access Analyzer's members: edits of the file that mend it. Left out where somebody must say what is meant.
   */
  fix?: FixJson | null;
  /**
   * Not one of Access Analyzer's members: what would be right.
   */
  help: string;
  issueCode: string;
  learnMoreLink: string;
  locations: Location[];
}
/**
 * What mends a finding.
 */
export interface FixJson {
  /**
   * They are made together, and do not overlap.
   */
  edits: EditJson[];
  /**
   * Whether the document decides as before.
   */
  safe: boolean;
  says: string;
}
/**
 * An edit of the file's text: bytes that are replaced by a text.
 */
export interface EditJson {
  length: number;
  offset: number;
  text: string;
}
export interface Location {
  path: Step[];
  span: Range;
}
export interface Range {
  end: Place;
  start: Place;
}
/**
 * Lines count from 1, columns and offsets from 0, as Access Analyzer counts.
 */
export interface Place {
  column: number;
  line: number;
  offset: number;
}
export interface HiddenJson {
  by: Hiding;
  issueCode: string;
  line: number;
  reason?: string;
}
/**
 * What was mended in a file, for programs.
 */
export interface MendedJson {
  /**
   * How many findings of each code were mended.
   */
  codes: {
    [k: string]: number;
  };
  file: string;
  /**
   * Fixes that were not made.
   */
  left: LeftFix[];
}
/**
 * A fix that was not made.
 */
export interface LeftFix {
  /**
   * The code of the finding.
   */
  code: string;
  /**
   * Which document of the file; empty if the file is a policy.
   */
  document: string;
  /**
   * What it would have done.
   */
  says: string;
  /**
   * Why it was not made.
   */
  why: string;
}
/**
 * What a file is that is more than a policy.
 */
export interface Note {
  /**
   * The file.
   */
  file: string;
  /**
   * What is not in it, and how to get it; empty if nothing is missing.
   */
  missing: string;
  /**
   * What in it is not checked, and why.
   */
  unchecked: string[];
  /**
   * What it is.
   */
  what: string;
}
/**
 * Something to say about a configuration or a baseline.
 */
export interface Notice {
  /**
   * A stable code.
   */
  code: string;
  /**
   * The configuration or the baseline.
   */
  file: string;
  /**
   * What would be right.
   */
  help: string;
  /**
   * The line, counted from 1.
   */
  line?: number | null;
  /**
   * What was found.
   */
  message: string;
}
/**
 * The same with everything it was made of.
 */
export interface CouldJson {
  data: DataDates;
  deciding: StatementJson[];
  decision: string;
  flips: FlipJson[];
  keys: KeyJson[];
  /**
   * What would have to allow and does not, if an Allow statement in each would suffice.
   */
  lacks: LackJson[];
  layers: LayerJson[];
  /**
   * Whether AWS answers such a request without any permission.
   */
  needs_no_permission?: boolean;
  readings?: ReadingJson[];
  readings_together?: boolean;
  reason: ReasonJson;
  request: RequestSaid;
  schema: string;
  summary: string;
  /**
   * Names in the request that are not known.
   */
  unknown_names?: UnknownName[];
  version: number;
}
/**
 * Where a statement stands.
 */
export interface StatementJson {
  column?: number | null;
  file?: string | null;
  layer: string;
  level: number;
  line?: number | null;
  policy: number;
  sid?: string | null;
  statement: number;
}
export interface FlipJson {
  change: string;
  condition?: number | null;
  decision: string;
  element?: string | null;
  layer: string;
  /**
   * The level that would have to get an Allow statement, from 0, in layers with levels.
   */
  level?: number | null;
  /**
   * The ARN or account that a statement of the resource policy would have to name.
   */
  name?: string | null;
  statement?: StatementJson | null;
}
export interface KeyJson {
  key: string;
  state: string;
  statements: StatementJson[];
}
/**
 * A layer, or a level of one, that would have to allow and does not.
 */
export interface LackJson {
  layer: string;
  /**
   * The level, from 0, in layers with levels.
   */
  level?: number | null;
  /**
   * Whether it has no Allow statement at all.
   */
  silent: boolean;
}
export interface LayerJson {
  allows: string;
  denies: string;
  grant: string;
  layer: string;
  not_asked?: string | null;
  statements: StatementTraceJson[];
}
/**
 * Where a statement stands.
 */
export interface StatementTraceJson {
  action: ActionJson;
  applies: string;
  column?: number | null;
  conditions: ConditionJson[];
  effect: string;
  /**
   * The elements that keep it from applying for certain.
   */
  failing: PartJson[];
  file?: string | null;
  layer: string;
  level: number;
  line?: number | null;
  policy: number;
  principal: string;
  resource: ResourceJson;
  sid?: string | null;
  statement: number;
  /**
   * The names of the principal that its `NotPrincipal` does not list: with them, the principal would be exempt.
   */
  unlisted?: string[];
}
export interface ActionJson {
  element: string;
  matches: boolean;
  pattern?: string | null;
}
export interface ConditionJson {
  column: number;
  key: string;
  line: number;
  operator: string;
  outcome: string;
  seen: SeenJson;
  wanted: string[];
}
export interface SeenJson {
  state: string;
  values?: string[] | null;
}
export interface PartJson {
  condition?: number | null;
  element: string;
}
export interface ResourceJson {
  element: string | null;
  outcome: string;
  pattern?: string | null;
}
/**
 * A point at which the other answer would change the decision.
 */
export interface ReadingJson {
  answer: string;
  decision: string;
  point: string;
  rule: string;
}
export interface ReasonJson {
  kind: string;
  layers: string[];
}
/**
 * The request that was asked about.
 */
export interface RequestSaid {
  action: string;
  resource: string;
}
export interface DiffJson {
  /**
   * Which actions were compared: those of the catalogue, or every name.
   */
  actions: "closed" | "open";
  data: DataDates;
  gained: ChangedJson[];
  /**
   * The kind of the documents. Left out if they are of several.
   */
  kind?: "identity" | "resource" | "kms" | "trust" | "scp" | "rcp" | "vpc_endpoint" | "role" | null;
  lost: ChangedJson[];
  /**
   * The policies of roles and of folders, each with its own answer.
   */
  parts?: PartJson2[];
  /**
   * What the answer rests on.
   */
  premises: string[];
  schema: string;
  /**
   * Whether the new document allows nothing that the old one does not.
   */
  verdict: "holds" | "fails" | "unknown";
  version: number;
}
/**
 * A group of actions that one document allows somebody and the other does not.
 */
export interface ChangedJson {
  /**
   * The actions of the catalogue. Left out if the question is about open names.
   */
  actions?: string[];
  after: ExtentJson;
  before: ExtentJson;
  doubts?: DoubtJson[];
  /**
   * One of the actions.
   */
  example: string;
  /**
   * The part of the documents that it is in. Left out if there is one.
   */
  part?: string;
  request?: RequestJson | null;
  verdict: "holds" | "fails" | "unknown";
  /**
   * Who asks. The request is one of the first. Left out if the documents name no principals.
   */
  who?: string[];
}
/**
 * How far a document allows the example to the first of those who ask.
 */
export interface ExtentJson {
  allowed: "never" | "limited" | "always" | "unknown";
  /**
   * For `limited`: what its Deny statements ask for, and the boundary.
   */
  besides?: string[];
  /**
   * For `limited`: what its Allow statements ask for, one of which must apply.
   */
  only?: string[];
}
/**
 * A reason why something is not known: kind, sentence, and what a program can use, such as the open points of AWS's rules and the request.
 */
export interface DoubtJson {
  /**
   * An action. Left out for `readings` and `defect`, and if the steps ran out before any action.
   */
  action?: string | null;
  /**
   * Condition keys, for `types` and `variables`.
   */
  keys?: string[];
  kind: DoubtKind;
  /**
   * What the question was about, for `steps`.
   */
  load?: QuestionLoad | null;
  /**
   * The name in the policy, for `unidentified`.
   */
  named?: string | null;
  /**
   * For `readings`: the points at which the other answer has a request against the claim.
   */
  readings?: DoubtPoint[];
  /**
   * The request, for `readings` and `defect`.
   */
  request?: RequestJson | null;
  /**
   * One sentence, without a full stop.
   */
  says: string;
}
/**
 * What a question was about whose steps ran out.
 */
export interface QuestionLoad {
  /**
   * The action on which the steps were spent.
   */
  action?: string | null;
  /**
   * Whether the steps of all questions together were used up.
   */
  is_all: boolean;
  largest?: LargestPolicy | null;
  /**
   * The number of its policies.
   */
  policies: number;
  /**
   * The number of steps that it had.
   */
  steps: number;
}
/**
 * The policy that has the most to compare.
 */
export interface LargestPolicy {
  /**
   * The bytes of their resources and condition values.
   */
  bytes: number;
  layer: string;
  line: number;
  name?: string | null;
  /**
   * The number of patterns and values in it.
   */
  parts: number;
  /**
   * Its number in the layer, from 1.
   */
  policy: number;
  sid?: string | null;
  /**
   * The largest of these statements: its number, from 1.
   */
  statement: number;
  /**
   * The number of its statements that are about the action.
   */
  statements: number;
}
/**
 * An open point of AWS's rules.
 */
export interface DoubtPoint {
  /**
   * The other answer, under which the claim does not hold.
   */
  answer: string;
  point: string;
  rule: string;
}
export interface PartJson2 {
  kind: "identity" | "resource" | "kms" | "trust" | "scp" | "rcp" | "vpc_endpoint" | "role";
  name: string;
  state: "same" | "changed" | "added" | "removed";
  verdict: "holds" | "fails" | "unknown";
}
export interface DocumentsJson {
  data: DataDates;
  documents: DocumentJson[];
  schema: string;
  version: number;
}
export interface DocumentJson {
  /**
   * `identity`, `boundary`, `trust` or `session`.
   */
  layer: string;
  /**
   * The file. `null` if the document is built in.
   */
  path: string | null;
  /**
   * The name of the policy, as statements give it.
   */
  policy: string;
  /**
   * The text in which positions are given.
   */
  text: string;
}
export interface EffectiveJson {
  covers: "holds" | "fails" | "unknown";
  /**
   * Why it is not known whether the policy allows all that the layers do.
   */
  covers_doubts?: DoubtJson[];
  data: DataDates;
  dead: NoteJson[];
  exact: boolean;
  left_out: NoteJson[];
  /**
   * A request that the layers allow and the policy does not.
   */
  missing?: RequestJson | null;
  policy: unknown;
  schema: string;
  /**
   * A request that the policy allows and the layers do not.
   */
  too_much?: RequestJson | null;
  /**
   * Why the policy may have more statements than it needs. Left out if everything was tried.
   */
  unfinished?: string | null;
  /**
   * Names that were given and that are not known.
   */
  unknown_names?: UnknownName[];
  version: number;
  within: "holds" | "fails" | "unknown";
  /**
   * Why it is not known whether the policy allows more than the layers.
   */
  within_doubts?: DoubtJson[];
}
export interface NoteJson {
  statements: string;
  why: string;
}
/**
 * The answer to one question.
 */
export interface QuestionJson {
  deciding: StatementJson[];
  decision: string;
  /**
   * Whether AWS answers such a request without any permission.
   */
  needs_no_permission?: boolean;
  readings?: ReadingJson[];
  readings_together?: boolean;
  schema: string;
  summary: string;
  /**
   * Names in the request that are not known.
   */
  unknown_names?: UnknownName[];
  version: number;
}
/**
 * The same with everything it was made of.
 */
export interface ExplanationJson {
  deciding: StatementJson[];
  decision: string;
  flips: FlipJson[];
  keys: KeyJson[];
  /**
   * What would have to allow and does not, if an Allow statement in each would suffice.
   */
  lacks: LackJson[];
  layers: LayerJson[];
  /**
   * Whether AWS answers such a request without any permission.
   */
  needs_no_permission?: boolean;
  readings?: ReadingJson[];
  readings_together?: boolean;
  reason: ReasonJson;
  schema: string;
  summary: string;
  /**
   * Names in the request that are not known.
   */
  unknown_names?: UnknownName[];
  version: number;
}
export interface PublicJson {
  data: DataDates;
  /**
   * The Allow statements that name everyone, and let nobody in from outside.
   */
  held: HeldJson[];
  /**
   * The Allow statements that let somebody in from outside, or of which it is not known.
   */
  outsiders: OutsiderJson[];
  /**
   * What the answer rests on.
   */
  premises: string[];
  /**
   * What `iamgate prove` was asked.
   */
  question: "read-only" | "not-granted" | "no-public";
  schema: string;
  /**
   * The Allow statements that let a service of AWS act for accounts outside. They do not count for the verdict.
   */
  services: ServiceJson[];
  verdict: "holds" | "fails" | "unknown";
  version: number;
}
export interface HeldJson {
  /**
   * The condition keys without whose test somebody would be let in. Empty if it is not the test of one key alone.
   */
  keys: string[];
  sid?: string | null;
  /**
   * The number of the statement, counted from 0.
   */
  statement: number;
}
export interface OutsiderJson {
  broken: AnswerJson[];
  /**
   * The callers, as types of principals. The requests are those of the first.
   */
  kinds: ("assumed_role" | "iam_user" | "federated_user" | "root" | "anonymous" | "aws_service")[];
  sid?: string | null;
  /**
   * The number of the statement, counted from 0.
   */
  statement: number;
  /**
   * The callers, in words. Empty if the policy does not say who they are.
   */
  who: string;
}
/**
 * A group of actions and its answer, for programs.
 */
export interface AnswerJson {
  /**
   * The actions of the catalogue. Left out if the question is about open names.
   */
  actions?: string[];
  doubts?: DoubtJson[];
  /**
   * One of the actions.
   */
  example: string;
  request?: RequestJson | null;
  verdict: "holds" | "fails" | "unknown";
}
export interface ServiceJson {
  broken: AnswerJson[];
  /**
   * The service, or the origin access identity of CloudFront. Left out if the statement names everyone.
   */
  service?: string | null;
  sid?: string | null;
  /**
   * The number of the statement, counted from 0.
   */
  statement: number;
}
export interface GrantedJson {
  broken: AnswerJson[];
  data: DataDates;
  /**
   * Whether the question is about `sts:GetCallerIdentity`, for which AWS asks for no permission.
   */
  needs_no_permission?: boolean;
  /**
   * What `iamgate prove` was asked.
   */
  question: "read-only" | "not-granted" | "no-public";
  schema: string;
  /**
   * Names that were given and that are not known.
   */
  unknown_names?: UnknownName[];
  verdict: "holds" | "fails" | "unknown";
  version: number;
}
/**
 * A decision record: canonical JSON, with the hash of every input.
 */
export interface DecisionRecord {
  access: {
    [k: string]: unknown;
  };
  /**
   * The parameters of `AssumeRoleWithWebIdentity`. `null` if the session is refused.
   */
  call: {
    [k: string]: unknown;
  } | null;
  catalogue: RecordCatalogue;
  engine: string;
  findings: RecordFinding[];
  /**
   * Names and hashes of the inputs.
   */
  inputs: {
    [k: string]: unknown;
  };
  premises: {
    [k: string]: unknown;
  };
  proof: RecordClaim[];
  quotas: RecordQuota[];
  refusals: RecordRefusal[];
  /**
   * What was asked for.
   */
  request: {
    [k: string]: unknown;
  };
  schema: string;
  tags: {
    [k: string]: unknown;
  } | null;
  verdict: RecordVerdict;
  version: number;
}
export interface RecordCatalogue {
  actions: number;
  date: string;
  source: string;
}
export interface RecordFinding {
  caller: string | null;
  code: string;
  help: string;
  permitted: boolean;
  request: {
    [k: string]: unknown;
  } | null;
  says: string;
}
export interface RecordClaim {
  says: string;
  verdict: string;
}
export interface RecordQuota {
  most: number;
  name: string;
  used: number;
}
export interface RecordRefusal {
  code: string;
  /**
   * Why something is not known.
   */
  doubts?: DoubtJson[];
  says: string;
  [k: string]: unknown;
}
export interface PreflightJson {
  data: DataDates;
  schema: string;
  steps: StepJson[];
  suffices: boolean;
  version: number;
}
export interface StepJson {
  action: string;
  decision: string;
  reasons: string[];
  resource: string;
  why: string;
}
export interface PreviewJson {
  answer: string;
  catalogue: Catalogue;
  /**
   * The cells of the matrix that are not empty, with the statements that decide them.
   */
  cells: Cell[];
  data: DataDates;
  findings: Finding2[];
  keeps_promise: boolean;
  levels: Level[];
  /**
   * The folder of the AWS managed policies. Left out if they are built in.
   */
  managed_folder?: string | null;
  not_read: Survivor[];
  notable: string[];
  open_ended: string[];
  outside: Outside[];
  /**
   * Every action that is possible, in groups that the same statements are about.
   */
  possible: Possible[];
  profile: Profile;
  removed: Removal[];
  role: Role;
  schema: string;
  services: Service[];
  shadowed: Shadowed[];
  trust?: Trust | null;
  /**
   * Names that were given and that are not known.
   */
  unknown_names?: UnknownName[];
  version: number;
  /**
   * Who can open sessions of the role. Left out if the snapshot has no trust policy.
   */
  who?: Who | null;
}
export interface Catalogue {
  actions: number;
  date: string;
  services: number;
}
export interface Cell {
  actions: number;
  credentials: string[];
  data: string[];
  level: "List" | "Read" | "Write" | "Tagging" | "Permissions management";
  /**
   * Their names without the prefix of the service; those of actions that return data or credentials a second time.
   */
  names: string[];
  role: Statement[];
  service: string;
  session: Statement[];
}
export interface Statement {
  column: number;
  layer: string;
  line: number;
  number: number;
  policy: string;
  sid?: string | null;
}
export interface Finding2 {
  code: string;
  column: number;
  found: string;
  line: number;
  policy: string;
}
export interface Level {
  both: number;
  level: "List" | "Read" | "Write" | "Tagging" | "Permissions management";
  role: number;
  session: number;
}
export interface Survivor {
  action: string;
  level: "List" | "Read" | "Write" | "Tagging" | "Permissions management";
  may_be_denied_by: Statement[];
  role: Statement[];
  session: Statement[];
  why: string | null;
}
export interface Outside {
  action: string;
  breaks: string;
  level: "List" | "Read" | "Write" | "Tagging" | "Permissions management";
  role: Statement[];
  session: Statement[];
}
export interface Possible {
  actions: string[];
  /**
   * A request for the first action that is allowed.
   */
  allowed?: RequestJson | null;
  /**
   * Why it is not known how far, for `unknown`.
   */
  doubts?: DoubtJson[];
  /**
   * How far an action is allowed.
   */
  reach: "always" | "on_some_resources_under_conditions" | "on_some_resources" | "under_conditions" | "unknown";
  /**
   * A request for the first action that is not.
   */
  refused?: RequestJson | null;
}
export interface Profile {
  budget: number;
  characters: number;
  /**
   * The folder of the profile. Left out if the profile is built in.
   */
  folder?: string | null;
  name: string;
}
export interface Removal {
  by_level: [unknown, unknown][];
  /**
   * What keeps actions of the role out.
   */
  cause: "not_allowed" | "denied" | "boundary" | "apart";
  examples: string[];
  statements?: Statement[];
  total: number;
}
export interface Role {
  arn: string;
  name: string;
}
export interface Service {
  credential_read: number;
  data_read: number;
  list: number;
  permissions_management: number;
  read: number;
  service: string;
  tagging: number;
  write: number;
}
export interface Shadowed {
  actions: string[];
  allow: Statement;
  denies: Statement[];
  entirely: boolean;
}
export interface Trust {
  actions: string[];
  principals: string[];
  tags_sessions: boolean;
}
/**
 * Who can open sessions of a role; `iamgate trust` says more.
 */
export interface Who {
  /**
   * Whether the tokens of DoiT's providers open sessions.
   */
  doit: boolean;
  /**
   * Whether it is proven that only the tokens which the profile describes do.
   */
  only_as_described: boolean;
  others: "nobody" | "somebody" | "not known";
}
export interface ProfilesJson {
  data: DataDates;
  profiles: ProfileJson[];
  schema: string;
  version: number;
}
export interface ProfileJson {
  about: string;
  budget: number;
  characters: number;
  exceptions: ExceptionJson[];
  levels: ("List" | "Read" | "Write" | "Tagging" | "Permissions management")[];
  managed_policies: ManagedJson[];
  name: string;
  /**
   * Whether the promise holds for any role: `holds`, `fails` or `unknown`.
   */
  promise: "holds" | "fails" | "unknown";
  refuse: (
    | "TRUST_WILDCARD_PRINCIPAL"
    | "TRUST_FOREIGN_PROVIDER"
    | "TRUST_OTHER_PRINCIPAL"
    | "TRUST_TAG_SESSION_MISSING"
    | "TRUST_TAG_NEVER_MATCHES"
    | "TRUST_AUDIENCE_NOT_PINNED"
    | "TRUST_SUBJECT_NOT_PINNED"
    | "TRUST_IF_EXISTS"
    | "TRUST_TAG_NOT_REQUIRED"
    | "TRUST_TAG_NOT_TRANSITIVE"
    | "TRUST_STRANGERS_ADMITTED"
    | "TRUST_NOT_KNOWN"
    | "RESOURCE_POLICY_REACHES_SESSION"
    | "RESOURCE_POLICIES_UNKNOWN"
    | "ROLE_CHAINING"
    | "PASS_ROLE"
    | "CREDENTIALS_HANDED_OUT"
    | "MANAGED_POLICY_CHANGED"
    | "MANAGED_POLICY_NOT_REVIEWED"
    | "TOKEN_CLAIM_MISSING"
    | "TOKEN_OF_ANOTHER_PERSON"
    | "MANAGED_POLICY_NOT_PINNED"
    | "PREMISE_RESOURCE_POLICIES"
    | "PREMISE_CONTEXT"
    | "PREMISE_SNAPSHOT"
    | "PREMISE_SCP"
    | "PREMISE_RCP"
    | "PREMISE_BOUNDARY"
    | "PREMISE_MANAGED_VERSION"
    | "PREMISE_PARTITION"
    | "PREMISE_CATALOGUE"
    | "PREMISE_LATER_ACTIONS"
  )[];
  sha256: string;
}
export interface ExceptionJson {
  actions: string[];
  why: string;
}
export interface ManagedJson {
  arn: string;
  is_pinned: boolean;
  sha256: string;
  version: string;
}
export interface GuardJson {
  budget: number;
  /**
   * The characters of inline policy and ARNs. Left out in a conflict.
   */
  characters?: number | null;
  /**
   * Actions that the profile refuses, and that must not be denied.
   */
  conflicts?: RefusedJson[];
  data: DataDates;
  /**
   * Whether there is a guard.
   */
  outcome: "written" | "too-long" | "conflict";
  /**
   * The patterns of the guard or, if it is too long, of the shortest one, the longest pattern first.
   */
  patterns: PatternJson[];
  profile: string;
  /**
   * The role whose actions are dearest. Left out if all actions are equally dear.
   */
  role?: string | null;
  schema: string;
  /**
   * Names that were given and that are not known.
   */
  unknown_names?: UnknownName[];
  version: number;
  /**
   * The profile with the guard. Left out if there is no guard.
   */
  written?: WrittenJson | null;
}
export interface RefusedJson {
  action: string;
  reasons: ReasonJson2[];
}
export interface ReasonJson2 {
  class?:
    | "Credentials"
    | "SecretText"
    | "StoredData"
    | "Acts"
    | "SignsUrl"
    | "PrivilegeEscalation"
    | "ResourceExposure"
    | null;
  /**
   * Why the profile refuses an action.
   */
  kind: "never-allowed" | "not-kept" | "level" | "always-denied" | "not-in-catalogue" | "other";
  level?: "List" | "Read" | "Write" | "Tagging" | "Permissions management" | null;
}
export interface PatternJson {
  /**
   * Harmless actions that the role has.
   */
  lost: string[];
  /**
   * Other harmless actions.
   */
  lost_elsewhere: string[];
  pattern: string;
  refused: RefusedJson[];
}
export interface WrittenJson {
  added_later: AddedLaterJson;
  changes: ChangesJson2;
  claims: ClaimJson[];
  /**
   * Statements of their own for actions that are refused only on some resources.
   */
  narrow: NarrowJson[];
  /**
   * Whether the promise of the profile with this guard holds for any role.
   */
  promise: "holds" | "fails" | "unknown";
  /**
   * The text of the profile's file with this guard.
   */
  text: string;
}
/**
 * The services to which AWS may add actions that a session may then do: counted, not proven.
 */
export interface AddedLaterJson {
  /**
   * The services in which such a name may look like that of an action that hands out credentials.
   */
  credentials: string[];
  /**
   * The number of services with a wildcard that allows names which the catalogue does not have.
   */
  services: number;
}
/**
 * What the guard denies otherwise than the one that the profile had.
 */
export interface ChangesJson2 {
  gained: string[];
  gained_elsewhere: string[];
  lost: string[];
  lost_elsewhere: string[];
  no_longer_refused: string[];
  refused_newly: string[];
}
export interface ClaimJson {
  /**
   * The number of actions of the catalogue. Left out if the claim is about all other names.
   */
  actions?: number | null;
  broken: AnswerJson[];
  resource_policies: "none" | "not-the-session" | "any";
  says: string;
  verdict: "holds" | "fails" | "unknown";
}
/**
 * The Deny of an action on some resources.
 */
export interface NarrowJson {
  action: string;
  class: "Credentials" | "SecretText" | "StoredData" | "Acts" | "SignsUrl" | "PrivilegeEscalation" | "ResourceExposure";
  resource: string;
}
export interface ReviewJson {
  data: DataDates;
  policies: PolicyJson[];
  profiles: ProfileReviewJson[];
  schema: string;
  version: number;
}
export interface PolicyJson {
  /**
   * Actions that only the new version allows.
   */
  added: AddedJson[];
  arn: string;
  /**
   * Actions that the old version allows in more cases.
   */
  narrower: string[];
  new: Pin;
  /**
   * `null` if the document of the old version is not known.
   */
  old: Pin | null;
  /**
   * Actions that only the old version allows.
   */
  removed: string[];
  /**
   * Whether both have the same document.
   */
  same: boolean;
  /**
   * New names that the catalogue does not have.
   */
  unknown: string[];
  /**
   * Actions that the new version allows in more cases.
   */
  wider: AddedJson[];
  /**
   * New patterns, which also allow names that AWS may add.
   */
  wildcards: string[];
}
export interface AddedJson {
  action: string;
  classes: EvidenceJson[];
  level: "List" | "Read" | "Write" | "Tagging" | "Permissions management";
}
export interface EvidenceJson {
  class: "Credentials" | "SecretText" | "StoredData" | "Acts" | "SignsUrl" | "PrivilegeEscalation" | "ResourceExposure";
  evidence: string;
  /**
   * Whether a person looked at it.
   */
  reviewed: boolean;
  source: string;
}
/**
 * A version of a policy.
 */
export interface Pin {
  sha256: string;
  version: string;
}
export interface ProfileReviewJson {
  added_later: AddedLaterJson;
  claims: ClaimJson[];
  name: string;
  /**
   * ARNs of which the profile pins another document than the old one here.
   */
  other_pins: string[];
  pins: Pins;
  /**
   * Whether the promise holds with the new versions, for any role.
   */
  promise: "holds" | "fails" | "unknown";
  /**
   * Actions that are new and that the guard of the profile does not deny.
   */
  reaching: string[];
}
/**
 * The pins of the new versions, as the profile has them.
 */
export interface Pins {
  [k: string]: Pin;
}
export interface ProofJson {
  added_later: AddedLaterJson;
  catalogue: string;
  claims: ClaimJson[];
  data: DataDates;
  premises: PremiseJson[];
  profile: string;
  /**
   * What `iamgate prove` was asked.
   */
  question: "read-only" | "not-granted" | "no-public";
  resource_policies: "none" | "not-the-session" | "any";
  /**
   * The role. Left out if the claim is about any role.
   */
  role?: string | null;
  schema: string;
  /**
   * Names that were given and that are not known.
   */
  unknown_names?: UnknownName[];
  verdict: "holds" | "fails" | "unknown";
  version: number;
}
/**
 * What an answer takes for true and does not show.
 */
export interface PremiseJson {
  /**
   * A profile that has the code in `refuse` opens no session under the premise.
   */
  code:
    | "TRUST_WILDCARD_PRINCIPAL"
    | "TRUST_FOREIGN_PROVIDER"
    | "TRUST_OTHER_PRINCIPAL"
    | "TRUST_TAG_SESSION_MISSING"
    | "TRUST_TAG_NEVER_MATCHES"
    | "TRUST_AUDIENCE_NOT_PINNED"
    | "TRUST_SUBJECT_NOT_PINNED"
    | "TRUST_IF_EXISTS"
    | "TRUST_TAG_NOT_REQUIRED"
    | "TRUST_TAG_NOT_TRANSITIVE"
    | "TRUST_STRANGERS_ADMITTED"
    | "TRUST_NOT_KNOWN"
    | "RESOURCE_POLICY_REACHES_SESSION"
    | "RESOURCE_POLICIES_UNKNOWN"
    | "ROLE_CHAINING"
    | "PASS_ROLE"
    | "CREDENTIALS_HANDED_OUT"
    | "MANAGED_POLICY_CHANGED"
    | "MANAGED_POLICY_NOT_REVIEWED"
    | "TOKEN_CLAIM_MISSING"
    | "TOKEN_OF_ANOTHER_PERSON"
    | "MANAGED_POLICY_NOT_PINNED"
    | "PREMISE_RESOURCE_POLICIES"
    | "PREMISE_CONTEXT"
    | "PREMISE_SNAPSHOT"
    | "PREMISE_SCP"
    | "PREMISE_RCP"
    | "PREMISE_BOUNDARY"
    | "PREMISE_MANAGED_VERSION"
    | "PREMISE_PARTITION"
    | "PREMISE_CATALOGUE"
    | "PREMISE_LATER_ACTIONS";
  /**
   * A clause that can follow "if".
   */
  says: string;
}
/**
 * No answer, and why.
 */
export interface Refused {
  errors: ErrorJson[];
  schema: string;
  version: number;
}
export interface RestrictionJson {
  /**
   * The actions that the policy can name.
   */
  actions: string[];
  /**
   * Whether the policy did not have the statement yet.
   */
  added: boolean;
  /**
   * What has a policy of its own, or none, and is not kept by this one.
   */
  beside: string[];
  /**
   * The claim that the same requests of callers without the tag are allowed as before.
   */
  changes_nothing_else: "holds" | "fails" | "unknown";
  denied: ClaimedJson[];
  /**
   * The claim that no caller with the tag gets anything on `resources` by `actions`.
   */
  denies: "holds" | "fails" | "unknown";
  /**
   * The command that prints the policy that the resource has now.
   */
  fetch: string;
  /**
   * The statement for a policy of the role that denies them.
   */
  in_role?: {
    [k: string]: unknown;
  };
  /**
   * Actions on the resource that its policy cannot name. They stay possible.
   */
  left: string[];
  policy: unknown;
  /**
   * The kind of the resource that has the policy.
   */
  policy_of: string;
  /**
   * What the proof takes for granted.
   */
  premises: string[];
  /**
   * Every ARN that belongs to the resource.
   */
  resources: string[];
  schema: string;
  /**
   * The AWS page about such policies.
   */
  source: string;
  statement: unknown;
  unchanged: UnchangedJson[];
  version: number;
  what: string;
}
/**
 * A claim about a group of callers.
 */
export interface ClaimedJson {
  /**
   * Why the verdict is not known.
   */
  doubts?: DoubtJson[];
  /**
   * A request against the claim.
   */
  request?: RequestJson | null;
  verdict: "holds" | "fails" | "unknown";
  who: string;
}
/**
 * A claim about a group of callers.
 */
export interface UnchangedJson {
  /**
   * Why the verdict is not known.
   */
  doubts?: DoubtJson[];
  /**
   * Whether they had any access to the resource before, should their own policies allow everything. `null` if it is not known.
   */
  had_access: boolean | null;
  /**
   * A request against the claim.
   */
  request?: RequestJson | null;
  verdict: "holds" | "fails" | "unknown";
  who: string;
}
export interface RolesJson {
  /**
   * Texts by path.
   */
  files?: {
    [k: string]: string;
  } | null;
  roles: RoleJson[];
  schema: string;
  version: number;
}
export interface RoleJson {
  arn: string;
  name: string;
}
export interface ShrinkJson {
  /**
   * The added actions of the catalogue by level, those of sensitive classes first. Empty unless `may_add`.
   */
  added: AddedJson2[];
  /**
   * What it allows beyond that.
   */
  adds: AnswerJson[];
  characters: number;
  characters_before: number;
  /**
   * Whether it allows all that the given policy allows.
   */
  covers: "holds" | "fails" | "unknown";
  /**
   * Why that is not known.
   */
  covers_doubts?: DoubtJson[];
  data: DataDates;
  equal: boolean;
  fits: boolean;
  kind: "identity" | "resource" | "kms" | "trust" | "scp" | "rcp" | "vpc_endpoint" | "role";
  policy: unknown;
  /**
   * What the proof rests on. Left out for policies of principals.
   */
  premises?: string[];
  schema: string;
  /**
   * Why there may be a shorter policy that allows the same. Left out if everything was tried.
   */
  unfinished?: string | null;
  version: number;
}
export interface AddedJson2 {
  actions: string[];
  classes: (
    "Credentials" | "SecretText" | "StoredData" | "Acts" | "SignsUrl" | "PrivilegeEscalation" | "ResourceExposure"
  )[];
  level: "List" | "Read" | "Write" | "Tagging" | "Permissions management";
}
export interface TrustJson {
  admits: AdmittedJson[];
  admits_doit: boolean;
  /**
   * The callers with credentials of AWS, and the services.
   */
  callers: CallersJson[];
  findings: FindingJson[];
  /**
   * Whether anybody opens sessions besides tokens of DoiT's providers. `nobody` is proven.
   */
  others: "nobody" | "somebody" | "not known";
  /**
   * Whether it is proven that of DoiT's providers only the tokens that the profile describes open sessions.
   */
  pinned: boolean;
  /**
   * What the answers rest on.
   */
  premises: string[];
  providers: ProviderJson[];
  role: string;
  schema: string;
  /**
   * The one token that was asked about.
   */
  token?: TokenJson | null;
  /**
   * The identity providers that the policy names, DoiT's among them.
   */
  tokens: TokensJson[];
  /**
   * Whether a trust policy alone was given, so that the role is made up.
   */
  trust_policy_alone: boolean;
  version: number;
}
export interface AdmittedJson {
  actions: string[];
  caller: "doit" | "other provider" | "aws principal" | "service" | "everybody";
  conditions: string[];
  principal: string;
  sid?: string | null;
  statement: number;
}
export interface CallersJson {
  any: VerdictJson;
  kind: "assumed_role" | "iam_user" | "federated_user" | "root" | "anonymous" | "aws_service";
  service?: string | null;
  statement: number;
  strangers: VerdictJson1;
}
/**
 * The claim that none of them can assume the role.
 */
export interface VerdictJson {
  /**
   * Why it is not known.
   */
  doubts?: string[];
  /**
   * A caller that does.
   */
  example?: ExampleJson | null;
  /**
   * The statements of the trust policy that could not be decided.
   */
  undecided?: UndecidedJson[];
  verdict: "holds" | "fails" | "unknown";
}
export interface ExampleJson {
  /**
   * The time of the call, if it is not the one of the question.
   */
  at?: string | null;
  /**
   * The claims, as `--claims` reads them.
   */
  claims?: ClaimsJson | null;
  /**
   * Further keys of the call, as `--context` takes them.
   */
  context?: string[];
  /**
   * The requests of a caller without a token. Each is allowed.
   */
  requests?: RequestJson[];
  session_name?: string | null;
}
/**
 * The claims of a token.
 */
export interface ClaimsJson {
  [k: string]: unknown;
}
/**
 * A statement of the trust policy that could not be decided.
 */
export interface UndecidedJson {
  column: number;
  /**
   * Where it begins, from 1.
   */
  line: number;
  /**
   * Its number, from 1.
   */
  number: number;
  sid?: string | null;
}
/**
 * The claim that none of an account can that the statement does not name.
 */
export interface VerdictJson1 {
  /**
   * Why it is not known.
   */
  doubts?: string[];
  /**
   * A caller that does.
   */
  example?: ExampleJson | null;
  /**
   * The statements of the trust policy that could not be decided.
   */
  undecided?: UndecidedJson[];
  verdict: "holds" | "fails" | "unknown";
}
export interface FindingJson {
  admitted?: string | null;
  code:
    | "TRUST_WILDCARD_PRINCIPAL"
    | "TRUST_FOREIGN_PROVIDER"
    | "TRUST_OTHER_PRINCIPAL"
    | "TRUST_TAG_SESSION_MISSING"
    | "TRUST_TAG_NEVER_MATCHES"
    | "TRUST_AUDIENCE_NOT_PINNED"
    | "TRUST_SUBJECT_NOT_PINNED"
    | "TRUST_IF_EXISTS"
    | "TRUST_TAG_NOT_REQUIRED"
    | "TRUST_TAG_NOT_TRANSITIVE"
    | "TRUST_STRANGERS_ADMITTED"
    | "TRUST_NOT_KNOWN"
    | "RESOURCE_POLICY_REACHES_SESSION"
    | "RESOURCE_POLICIES_UNKNOWN"
    | "ROLE_CHAINING"
    | "PASS_ROLE"
    | "CREDENTIALS_HANDED_OUT"
    | "MANAGED_POLICY_CHANGED"
    | "MANAGED_POLICY_NOT_REVIEWED"
    | "TOKEN_CLAIM_MISSING"
    | "TOKEN_OF_ANOTHER_PERSON"
    | "MANAGED_POLICY_NOT_PINNED"
    | "PREMISE_RESOURCE_POLICIES"
    | "PREMISE_CONTEXT"
    | "PREMISE_SNAPSHOT"
    | "PREMISE_SCP"
    | "PREMISE_RCP"
    | "PREMISE_BOUNDARY"
    | "PREMISE_MANAGED_VERSION"
    | "PREMISE_PARTITION"
    | "PREMISE_CATALOGUE"
    | "PREMISE_LATER_ACTIONS";
  help: string;
  says: string;
  summary: string;
}
export interface ProviderJson {
  admitted: boolean;
  arn: string;
  decisions: DecisionJson[];
  issuer: string;
  trials: TrialJson[];
}
export interface DecisionJson {
  action: string;
  decision: string;
  /**
   * Why: sentences about statements.
   */
  reasons?: string[];
}
/**
 * All tokens that differ from DoiT's in one property.
 */
export interface TrialJson {
  /**
   * True if one of them opens a session, false if it is proven that none does, and null if neither is known.
   */
  admitted: boolean | null;
  /**
   * Why it is not known.
   */
  doubts?: string[];
  /**
   * A caller that does.
   */
  example?: ExampleJson | null;
  token: string;
  /**
   * The statements of the trust policy that could not be decided.
   */
  undecided?: UndecidedJson[];
  verdict: "holds" | "fails" | "unknown";
}
export interface TokenJson {
  admitted: boolean;
  decisions: DecisionJson[];
  provider: string;
  /**
   * Why STS refuses the call before it asks a policy.
   */
  refused: string[];
  session_name: string;
}
export interface TokensJson {
  any: VerdictJson2;
  doit: boolean;
  issuer: string;
  keys: KeyJson2[];
  /**
   * Whether it is proven that only tokens open sessions which the policy's own values describe.
   */
  pinned: boolean;
  provider: string;
  saml: boolean;
  /**
   * For a provider that many organizations share: the claim that no token of an owner opens a session whom the policy does not name.
   */
  strangers?: VerdictJson3 | null;
}
/**
 * The claim that no token at all opens a session.
 */
export interface VerdictJson2 {
  /**
   * Why it is not known.
   */
  doubts?: string[];
  /**
   * A caller that does.
   */
  example?: ExampleJson | null;
  /**
   * The statements of the trust policy that could not be decided.
   */
  undecided?: UndecidedJson[];
  verdict: "holds" | "fails" | "unknown";
}
/**
 * What is asked of one key of the calls.
 */
export interface KeyJson2 {
  /**
   * Why it is not known.
   */
  doubts?: string[];
  /**
   * Whether the tests name whole values only.
   */
  exact: boolean;
  /**
   * A caller that does.
   */
  example?: ExampleJson | null;
  key: string;
  /**
   * Every call meets one of these tests, if the verdict is `holds`. Empty if the key may have any value.
   */
  tests: string[];
  /**
   * The statements of the trust policy that could not be decided.
   */
  undecided?: UndecidedJson[];
  verdict: "holds" | "fails" | "unknown";
}
/**
 * The answer to the claim that no caller of a kind opens a session.
 */
export interface VerdictJson3 {
  /**
   * Why it is not known.
   */
  doubts?: string[];
  /**
   * A caller that does.
   */
  example?: ExampleJson | null;
  /**
   * The statements of the trust policy that could not be decided.
   */
  undecided?: UndecidedJson[];
  verdict: "holds" | "fails" | "unknown";
}
/**
 * The answer.
 */
export interface WhyJson {
  data: DataDates;
  messages: MessageJson[];
  /**
   * The role at hand.
   */
  role?: string | null;
  schema: string;
  /**
   * Names in the messages that are not known.
   */
  unknown_names?: UnknownName[];
  version: number;
}
/**
 * One message.
 */
export interface MessageJson {
  /**
   * The action whose permission is missing, as the catalogue writes it.
   */
  action?: string | null;
  /**
   * The action that was asked for, as the message writes it.
   */
  asked?: string | null;
  authorization_id?: string | null;
  cause: string;
  code?: string | null;
  documents: DocumentsJson2;
  /**
   * Whether the message has an encoded part. It is not repeated.
   */
  encoded: boolean;
  form: string;
  /**
   * The type of policy that AWS names, as answers about requests name layers; `role_trust` is the policy of a role as a resource.
   */
  layer?: string | null;
  /**
   * The type in the words of the message.
   */
  layer_words?: string | null;
  line: number;
  operation?: string | null;
  /**
   * The ARN or the id of the policy that AWS names.
   */
  policy?: string | null;
  request_id?: string | null;
  resource?: ResourceJson2 | null;
  /**
   * Why AWS denied access, in a sentence.
   */
  says: string;
  service?: string | null;
  /**
   * The bytes of the text: the first one, and the one after the last.
   *
   * @minItems 2
   * @maxItems 2
   */
  span: [number, number];
  statements?: string[];
  /**
   * How often it is in the text.
   */
  times: number;
  who?: WhoJson | null;
}
/**
 * What the documents at hand say.
 */
export interface DocumentsJson2 {
  /**
   * The decision of all documents at hand together.
   */
  decision?: string | null;
  notes?: string[];
  /**
   * The request that was put to them.
   */
  request?: RequestSaid | null;
  says: string;
  /**
   * `agree`, `contradict`, `cannot-know` or `not-asked`
   */
  standing: string;
  summary?: string | null;
  trace?: TraceJson | null;
}
/**
 * All of a trace but the decision.
 */
export interface TraceJson {
  flips: FlipJson[];
  keys: KeyJson[];
  /**
   * What would have to allow and does not, if an Allow statement in each would suffice.
   */
  lacks: LackJson[];
  layers: LayerJson[];
  reason: ReasonJson;
}
export interface ResourceJson2 {
  arn?: string | null;
  form: string;
  text: string;
}
export interface WhoJson {
  account?: string | null;
  role?: string | null;
  session?: string | null;
  text: string;
  user?: string | null;
}
