// Examples with which the page starts.
import type { Files } from "iamgate";
import { ROLE_JSON } from "./files";

const real = import.meta.glob<string>("../../../../policies/doit/support-gateway/**/*.json", { query: "?raw", import: "default", eager: true });
const folder = "../../../../policies/doit/support-gateway/";
const profiles = import.meta.glob<string>("../../../../policies/doit/profiles/*.json", { query: "?raw", import: "default", eager: true });

/** The texts of the built-in session profiles, by name. */
export const PROFILES = new Map(Object.entries(profiles).map(([path, text]) => [path.split("/").pop()!.replace(".json", ""), text]));

const trust = real[`${folder}trust.json`]!;

const everything = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Everything",
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}
`;

const tagged = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadReports",
      "Effect": "Allow",
      "Action": ["s3:GetBucket*", "s3:List*"],
      "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
      "Condition": { "StringEquals": { "aws:PrincipalTag/DoitEnvironment": "123456789012" } }
    }
  ]
}
`;

const broken = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Effect": "Deny",
      "Action": "s3:GetObject"
      "Resource": "*"
    }
  ]
}
`;

const own = (name: string, text: string): Files => ({ "role.json": ROLE_JSON, "trust.json": trust, [`inline/${name}.json`]: text });

export interface Example {
  title: string;
  role: Files;
}

export const EXAMPLES: Example[] = [
  { title: "DoiT's role", role: Object.fromEntries(Object.entries(real).map(([path, text]) => [path.slice(folder.length), text])) },
  { title: "ReadOnlyAccess", role: { "role.json": ROLE_JSON, "trust.json": trust, "managed-arns.json": '["arn:aws:iam::aws:policy/ReadOnlyAccess"]\n' } },
  { title: "Administrator", role: own("AdministratorAccess", everything) },
  { title: "Only with a tag", role: own("Reports", tagged) },
  { title: "Broken JSON", role: own("Broken", broken) },
];
