// 100 hostile texts.
const statement = (more) => `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"${more}}]}`;
const named = (key) => `{"Version":"2012-10-17","Statement":[{"${key}":"x","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`;

const broken = [
  "{", "}", "[", "]", '"', "null", "true", "0", "-", "1e999", '""', "[]", "{}", "{]", '{"a"}', '{"a":}', '{"a":1,}', "[1,]", '{"Version":"2012-10-17"', '{"Version":"2012-10-17","Statement":[',
  "// comment\n{}", "/* */{}", "{'a':1}", "\uFEFF{}", "\u0000", "\u0001\u0002", "\\", "\\u0000", '{"a":"\\ud800"}', '{"a":"\\x"}', '{"a":"\t"}', "NaN", "Infinity", "undefined", "﷽".repeat(500), "💥".repeat(5000), "<html></html>",
];
const markup = [
  "</script><script>document.title='broken'</script>", "<img src=x onerror=\"document.title='broken'\">", "\"><svg onload=alert(1)>", "javascript:alert(1)", "{{constructor.constructor('return 1')()}}", "${7*7}", "<style>*{display:none}</style>", "<!-- -->", "]]>", "&lt;b&gt;",
];
const keys = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "__defineGetter__", "then", "", " ", "\\u0000", "\\u202e", "Ef\\u0066ect", "effect", "EFFECT", "Action ", "\\ud83d\\ude00"];
const documents = [
  ...markup.map((text) => statement(`,"Sid":${JSON.stringify(text)}`)),
  ...markup.map((text) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: text }] })),
  ...keys.map(named),
  statement(',"Effect":"Deny"'), statement(',"Condition":{"StringEquals":{"aws:PrincipalTag/${a${b":"x"}}'), statement(',"Condition":{"Bogus":{"a":"b"}}'), statement(',"Condition":[]'), statement(',"Principal":"*"'), statement(',"NotAction":"*"'),
  statement(`,"Sid":"${"a".repeat(100_000)}"`), statement(`,"Condition":{"StringLike":{"s3:prefix":"${"*a".repeat(20_000)}"}}`),
  `{"Version":"2012-10-17","Statement":[${'{"Effect":"Allow","Action":"s3:*","Resource":"*"},'.repeat(1500)}{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: Array.from({ length: 5000 }, (_, i) => `s3:*${"*?".repeat(i % 20)}x${i}`), Resource: "*" }] }),
  '{"RoleDetailList": 1}', '{"RoleDetailList": []}', '{"RoleDetailList": [{}]}', '{"RoleDetailList": [{"RoleName": "__proto__", "Arn": "x"}]}', '{"RoleDetailList": [{"RoleName": 1, "Arn": {}}], "IsTruncated": true}', '{"RoleDetailList": [{"RoleName":"a","Arn":"arn:aws:iam::1:role/a","RolePolicyList":[{"PolicyName":"../../x","PolicyDocument":"%zz"}]}]}',
  '{"IsTruncated": "maybe", "RoleDetailList": null}',
  "[".repeat(100_000), '{"a":'.repeat(50_000), `"${"x".repeat(20_000_000)}"`, `{"RoleDetailList":[${"0,".repeat(5_000_000)}0]}`,
];

export const HOSTILE = [...broken, ...markup, ...documents].slice(0, 105);
