//! Agents, models and bots.

use super::{Names, PLAIN, Row};

const AGENT_CORE: &[&str] = &["bedrock-agentcore"];
const AGENTS: &str =
    "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html";
const FETCH_OF_AGENTS: &str =
    "aws bedrock-agentcore-control get-resource-policy --resource-arn {arn} --query policy --output text";
const BOTS: &str =
    "https://docs.aws.amazon.com/lexv2/latest/dg/security_iam_resource-based-policy-examples.html";
const FETCH_OF_BOTS: &str =
    "aws lexv2-models describe-resource-policy --resource-arn {arn} --query policy --output text";

const OF_AGENT_RUNTIMES: &[&str] = &[
    "bedrock-agentcore:GetAgentCard",
    "bedrock-agentcore:InvokeAgentRuntime",
    "bedrock-agentcore:InvokeAgentRuntimeCommand",
    "bedrock-agentcore:InvokeAgentRuntimeCommandShell",
    "bedrock-agentcore:InvokeAgentRuntimeForUser",
    "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream",
    "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStreamForUser",
    "bedrock-agentcore:StopRuntimeSession",
];

const OF_AGENT_MEMORIES: &[&str] = &[
    "bedrock-agentcore:BatchCreateMemoryRecords",
    "bedrock-agentcore:BatchDeleteMemoryRecords",
    "bedrock-agentcore:BatchUpdateMemoryRecords",
    "bedrock-agentcore:CreateEvent",
    "bedrock-agentcore:DeleteEvent",
    "bedrock-agentcore:DeleteMemory",
    "bedrock-agentcore:DeleteMemoryRecord",
    "bedrock-agentcore:GetEvent",
    "bedrock-agentcore:GetMemory",
    "bedrock-agentcore:GetMemoryRecord",
    "bedrock-agentcore:ListActors",
    "bedrock-agentcore:ListEvents",
    "bedrock-agentcore:ListMemoryExtractionJobs",
    "bedrock-agentcore:ListMemoryRecords",
    "bedrock-agentcore:ListSessions",
    "bedrock-agentcore:RetrieveMemoryRecords",
    "bedrock-agentcore:StartMemoryExtractionJob",
    "bedrock-agentcore:UpdateMemory",
];

pub(super) const AGENT_RUNTIME: Row = Row {
    services: AGENT_CORE,
    names: Names::Listed(OF_AGENT_RUNTIMES),
    needs: Some(
        "once a runtime has a policy, AWS asks that it allows what callers do, and one that only denies would keep everybody out",
    ),
    fetch: FETCH_OF_AGENTS,
    beside: &["each endpoint of the runtime has its own policy; AWS asks both"],
    source: AGENTS,
    ..PLAIN
};

pub(super) const AGENT_ENDPOINT: Row = Row {
    services: AGENT_CORE,
    names: Names::Listed(OF_AGENT_RUNTIMES),
    needs: Some(
        "once an endpoint has a policy, AWS asks that it allows what callers do, and one that only denies would keep everybody out",
    ),
    fetch: FETCH_OF_AGENTS,
    beside: &["the runtime has its own policy; AWS asks both"],
    source: AGENTS,
    ..PLAIN
};

pub(super) const AGENT_GATEWAY: Row = Row {
    services: AGENT_CORE,
    names: Names::Listed(&["bedrock-agentcore:InvokeGateway"]),
    needs: Some(
        "what callers may do who sign in by OAuth depends on the policy, and one that only denies may end it",
    ),
    fetch: FETCH_OF_AGENTS,
    source: AGENTS,
    ..PLAIN
};

pub(super) const AGENT_MEMORY: Row = Row {
    services: AGENT_CORE,
    names: Names::Listed(OF_AGENT_MEMORIES),
    fetch: FETCH_OF_AGENTS,
    source: AGENTS,
    ..PLAIN
};

pub(super) const LABEL_PROJECT: Row = Row {
    services: &["rekognition"],
    names: Names::Listed(&["rekognition:CopyProjectVersion"]),
    itself: false,
    inside: &["{head}:project/{name}/version/*"],
    fetch: "aws rekognition list-project-policies --project-arn {arn} --query 'ProjectPolicies[].PolicyDocument' --output text",
    beside: &[
        "the policy is about copies of the model versions; who may use and change the project is up to policies of the role",
    ],
    source: "https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/md-create-project-policy-document.html",
    ..PLAIN
};

pub(super) const BOT: Row = Row {
    services: &["lex"],
    fetch: FETCH_OF_BOTS,
    beside: &["each alias of the bot has its own policy"],
    source: BOTS,
    ..PLAIN
};

pub(super) const BOT_ALIAS: Row = Row {
    services: &["lex"],
    fetch: FETCH_OF_BOTS,
    beside: &["the bot has its own policy"],
    source: BOTS,
    ..PLAIN
};
