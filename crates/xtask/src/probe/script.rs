//! The script of AWS CLI calls.

use std::fmt::Write as _;

use super::experiments::{ACCOUNT, Call, Experiment, Place, ROLE, SESSION};

/// The beginning of the script: what it makes, and how it cleans up.
const HEAD: &str = r#"#!/usr/bin/env bash
# Asks AWS how it answers at points that its pages leave open, and writes the answers to probe-results.tsv.
#
# Run it with credentials of an account of your own that may manage IAM roles, SQS queues and SNS topics. It makes one role, one queue and one
# topic, whose names begin with iamgate-probe, makes requests of sessions of that role, and deletes everything again at its end. Requests read,
# or tag the role itself. Nothing else in the account is touched.
#
# The experiment with a resource control policy needs an organization, and is made only with PROBE_RCP=1: in a member account to which a
# policy is attached that denies sqs:ListQueues to everyone.
set -uo pipefail
for tool in aws jq; do
    command -v "$tool" >/dev/null || { echo "this script needs $tool" >&2; exit 1; }
done
export AWS_DEFAULT_REGION=us-east-1
ACCOUNT=$(aws sts get-caller-identity --query Account --output text) || exit 1
NAME="iamgate-probe-$RANDOM$RANDOM"
RESULTS=probe-results.tsv
WORK=$(mktemp -d)
QUEUE_URL='' TOPIC_ARN=''
cleanup() {
    aws iam delete-role-policy --role-name "$NAME" --policy-name probe >/dev/null 2>&1
    aws iam delete-role --role-name "$NAME" >/dev/null 2>&1
    [[ -n $QUEUE_URL ]] && aws sqs delete-queue --queue-url "$QUEUE_URL" >/dev/null 2>&1
    [[ -n $TOPIC_ARN ]] && aws sns delete-topic --topic-arn "$TOPIC_ARN" >/dev/null 2>&1
    rm -rf "$WORK"
}
trap cleanup EXIT
: >"$RESULTS"

# The document on standard input, with the account and the name of the role in place of the examples.
own() { sed -e "s/@ACCOUNT@/$ACCOUNT/g" -e "s/@ROLE@/$NAME/g"; }
# Sets the inline policy of the role, and waits until it holds.
role_policy() {
    aws iam put-role-policy --role-name "$NAME" --policy-name probe --policy-document "$1" && sleep 20
}
# Notes the answer to an experiment: the exit code of a call and the file with its messages.
note() {
    local id=$1 code=$2 log=$3 answer
    if [[ $code == 0 ]]; then answer=allowed
    elif grep -q 'explicit deny' "$log"; then answer=explicit_deny
    elif grep -qE 'AccessDenied|UnauthorizedOperation|not authorized' "$log"; then answer=implicit_deny
    else answer="error: $(tr '\n\t' '  ' <"$log" | cut -c1-200)"
    fi
    printf '%s\t%s\t%s\t%s\n' "$id" "$answer" "$(date -u +%F)" "$AWS_DEFAULT_REGION" | tee -a "$RESULTS"
}
# Runs a command in a session of the role with the options of assume-role that are in ASSUME.
in_session() {
    local credentials
    credentials=$(aws sts assume-role --role-arn "arn:aws:iam::$ACCOUNT:role/$NAME" --role-session-name @SESSION@ "${ASSUME[@]}" 2>&1) \
        || { echo "$credentials" >&2; return 254; }
    AWS_ACCESS_KEY_ID=$(jq -r .Credentials.AccessKeyId <<<"$credentials") \
    AWS_SECRET_ACCESS_KEY=$(jq -r .Credentials.SecretAccessKey <<<"$credentials") \
    AWS_SESSION_TOKEN=$(jq -r .Credentials.SessionToken <<<"$credentials") "$@"
}

aws iam create-role --role-name "$NAME" --assume-role-policy-document "$(own <<'JSON'
{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::@ACCOUNT@:root"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}}
JSON
)" >/dev/null || exit 1
EVERYTHING=$(own <<'JSON'
{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["iam:ListAccountAliases", "iam:GetRole", "iam:TagRole", "sqs:ListQueues"], "Resource": "*"}}
JSON
)
role_policy "$EVERYTHING" || exit 1
"#;

/// The script for these experiments.
pub(super) fn text(experiments: &[Experiment]) -> Result<String, String> {
    let mut out = HEAD.replace("@SESSION@", SESSION);
    for experiment in experiments {
        let [first, other] = experiment.predictions()?;
        let [means, otherwise] = experiment.point.answers();
        let _ = write!(
            out,
            "\n# {}, point {}, rule {}\n# {first}: {means}\n# {other}: {otherwise}\n",
            experiment.id(),
            experiment.point,
            experiment.point.rule()
        );
        out.push_str(&steps(experiment));
    }
    out.push_str("\necho \"The answers are in $RESULTS. Everything that was made is deleted now.\"\n");
    Ok(out)
}

fn steps(experiment: &Experiment) -> String {
    let id = experiment.id();
    let policy = experiment.policy().to_string().replace(ACCOUNT, "@ACCOUNT@").replace(ROLE, "@ROLE@");
    let document = format!("POLICY=$(own <<'JSON'\n{policy}\nJSON\n)\n");
    let call = match experiment.call {
        Call::ListAliases => "aws iam list-account-aliases",
        Call::GetRole => "aws iam get-role --role-name \"$NAME\"",
        Call::TagRole => "aws iam tag-role --role-name \"$NAME\" --tags",
        Call::UnderRcp => "aws sqs list-queues",
        Call::Publish => return publish(&id, &document),
    };
    let tags = |separator: &str| -> String {
        let one = |(key, value): &(&str, &str)| format!(" '{separator}Key={key},Value={value}'");
        experiment.tags.iter().map(one).collect()
    };
    let (mut assume, mut call) = (String::new(), call.to_owned());
    if experiment.call == Call::TagRole {
        call.push_str(&tags(""));
    } else if !experiment.tags.is_empty() {
        assume = format!(" --tags{}", tags(""));
    }
    let asked = format!("in_session {call} >\"$WORK/log\" 2>&1; note '{id}' $? \"$WORK/log\"\n");
    match experiment.place {
        Place::Session => format!("{document}ASSUME=(--policy \"$POLICY\"{assume})\n{asked}"),
        Place::SessionBesideManaged => format!(
            "{document}ASSUME=(--policy \"$POLICY\" --policy-arns arn=arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess{assume})\n{asked}"
        ),
        Place::Identity => format!(
            "{document}role_policy \"$POLICY\"\nASSUME=(--duration-seconds 900{assume})\n{asked}role_policy \"$EVERYTHING\"\n"
        ),
        Place::Rcp => {
            format!("if [[ ${{PROBE_RCP:-}} == 1 ]]; then\nASSUME=(--duration-seconds 900)\n{asked}fi\n")
        }
        Place::Queue => String::new(),
    }
}

/// SNS publishes to a queue whose policy is asked; the message arrives, or it does not.
fn publish(id: &str, document: &str) -> String {
    let answer = "if [[ -n $MESSAGES ]]; then note '@ID@' 0 /dev/null; else echo 'AccessDenied: no message arrived within 60 seconds' >\"$WORK/log\"; note '@ID@' 1 \"$WORK/log\"; fi\n";
    format!(
        "{document}QUEUE_URL=$(aws sqs create-queue --queue-name \"$NAME\" --query QueueUrl --output text)
TOPIC_ARN=$(aws sns create-topic --name \"$NAME\" --query TopicArn --output text)
aws sqs set-queue-attributes --queue-url \"$QUEUE_URL\" --attributes \"$(jq -n --arg policy \"$POLICY\" '{{Policy: $policy}}')\"
aws sns subscribe --topic-arn \"$TOPIC_ARN\" --protocol sqs --notification-endpoint \"arn:aws:sqs:us-east-1:$ACCOUNT:$NAME\" >/dev/null
sleep 60
aws sns publish --topic-arn \"$TOPIC_ARN\" --message probe >/dev/null
MESSAGES=''
for _ in 1 2 3; do
    MESSAGES=$(aws sqs receive-message --queue-url \"$QUEUE_URL\" --wait-time-seconds 20 --query 'Messages[].MessageId' --output text)
    [[ -n $MESSAGES && $MESSAGES != None ]] && break
    MESSAGES=''
done
{}",
        answer.replace("@ID@", id)
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::super::experiments::all;
    use super::*;

    #[test]
    fn the_script_is_one_that_bash_reads_and_names_no_example() {
        let script = text(&all()).unwrap();
        assert!(!script.contains(ACCOUNT), "the example account is left");
        for experiment in all() {
            assert!(script.contains(&experiment.id()), "{}", experiment.id());
        }
        let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
        bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(bash.wait().unwrap().success());
    }
}
