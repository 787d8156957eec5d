//! The ways from some permissions to more.
//!
//! Each row says which actions it takes, and what they give. The facts are those of AWS's pages about the actions; that principals use them to
//! get more than they were given was first written down by Rhino Security Labs ("AWS IAM Privilege Escalation: Methods and Mitigation", 2018).

use super::{EscalationPath, Step, Target};

const IAM: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html";
const PASS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html";

const ADMINISTRATOR: &[(&str, &str)] = &[("iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess")];

/// One of these actions, on a resource that nobody chose.
const fn on(target: Target, actions: &'static [&'static str]) -> Step {
    Step { actions, target, keys: &[] }
}

/// One of these actions, on some resource.
const fn any(actions: &'static [&'static str]) -> Step {
    Step { actions, target: Target::Own, keys: &[] }
}

/// The right to pass any role to a service.
const fn pass(keys: &'static [(&'static str, &'static str)]) -> Step {
    Step { actions: &["iam:PassRole"], target: Target::ROLE, keys }
}

const fn path(
    name: &'static str,
    steps: &'static [Step],
    gives: &'static str,
    source: &'static str,
) -> EscalationPath {
    EscalationPath { name, steps, gives, source }
}

/// A path on which a role is passed to a service, which then acts with it for the caller.
macro_rules! passed {
    ($service:literal $name:literal: $($($action:literal)|+),+; $gives:literal) => {
        path(
            $name,
            &[pass(&[("iam:PassedToService", $service)]), $(any(&[$($action),+])),+],
            $gives,
            PASS,
        )
    };
}

pub(super) const PATHS: &[EscalationPath] = &[
    path(
        "new version of a policy",
        &[on(Target::POLICY, &["iam:CreatePolicyVersion"])],
        "writes any permissions into any customer managed policy",
        IAM,
    ),
    path(
        "other version of a policy",
        &[on(Target::POLICY, &["iam:SetDefaultPolicyVersion"])],
        "brings back any earlier version of any customer managed policy",
        IAM,
    ),
    path(
        "policy of a user",
        &[Step { actions: &["iam:AttachUserPolicy"], target: Target::USER, keys: ADMINISTRATOR }],
        "attaches AdministratorAccess to any user",
        IAM,
    ),
    path(
        "policy of a group",
        &[Step { actions: &["iam:AttachGroupPolicy"], target: Target::GROUP, keys: ADMINISTRATOR }],
        "attaches AdministratorAccess to any group",
        IAM,
    ),
    path(
        "policy of a role",
        &[Step { actions: &["iam:AttachRolePolicy"], target: Target::ROLE, keys: ADMINISTRATOR }],
        "attaches AdministratorAccess to any role",
        IAM,
    ),
    path(
        "inline policy of a user",
        &[on(Target::USER, &["iam:PutUserPolicy"])],
        "writes any permissions into any user",
        IAM,
    ),
    path(
        "inline policy of a group",
        &[on(Target::GROUP, &["iam:PutGroupPolicy"])],
        "writes any permissions into any group",
        IAM,
    ),
    path(
        "inline policy of a role",
        &[on(Target::ROLE, &["iam:PutRolePolicy"])],
        "writes any permissions into any role",
        IAM,
    ),
    path(
        "member of a group",
        &[on(Target::GROUP, &["iam:AddUserToGroup"])],
        "puts users into any group, with the permissions of the group",
        IAM,
    ),
    path(
        "trust policy",
        &[on(Target::ROLE, &["iam:UpdateAssumeRolePolicy"])],
        "lets anybody assume any role",
        IAM,
    ),
    path(
        "access key of a user",
        &[on(Target::USER, &["iam:CreateAccessKey"])],
        "makes credentials of any user",
        IAM,
    ),
    path(
        "password of a user",
        &[on(Target::USER, &["iam:CreateLoginProfile", "iam:UpdateLoginProfile"])],
        "sets the password of any user",
        IAM,
    ),
    path(
        "identity provider",
        &[on(
            Target::Others("arn:{partition}:iam::{account}:saml-provider/{name}", "SAML provider"),
            &["iam:UpdateSAMLProvider"],
        )],
        "changes who signs for any SAML provider, and so who assumes the roles that trust it",
        IAM,
    ),
    path(
        "other roles",
        &[on(Target::ROLE, &["sts:AssumeRole"])],
        "assumes any role whose trust policy admits the account",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
    ),
    path(
        "permission set",
        &[
            any(&["sso:PutInlinePolicyToPermissionSet", "sso:AttachManagedPolicyToPermissionSet"]),
            any(&["sso:ProvisionPermissionSet"]),
        ],
        "writes permissions into permission sets of IAM Identity Center",
        "https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html",
    ),
    path(
        "assignment of a permission set",
        &[any(&["sso:CreateAccountAssignment"])],
        "gives a permission set in an account to anybody of IAM Identity Center",
        "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreateAccountAssignment.html",
    ),
    passed!("lambda.amazonaws.com" "role to a function":
        "lambda:CreateFunction",
        "lambda:InvokeFunction" | "lambda:CreateEventSourceMapping" | "lambda:AddPermission" | "lambda:CreateFunctionUrlConfig";
        "runs code of its own with any role that Lambda may assume"),
    passed!("ec2.amazonaws.com" "role to an instance":
        "ec2:RunInstances" | "ec2:AssociateIamInstanceProfile" | "ec2:ReplaceIamInstanceProfileAssociation";
        "runs an instance with any role that has an instance profile"),
    passed!("ecs-tasks.amazonaws.com" "role to a container":
        "ecs:RegisterTaskDefinition", "ecs:RunTask" | "ecs:StartTask" | "ecs:CreateService" | "ecs:UpdateService";
        "runs a container of its own with any role that ECS tasks may assume"),
    passed!("ecs-tasks.amazonaws.com" "role to a batch job":
        "batch:RegisterJobDefinition", "batch:SubmitJob";
        "runs a container of its own with any role that ECS tasks may assume"),
    passed!("cloudformation.amazonaws.com" "role to a stack":
        "cloudformation:CreateStack" | "cloudformation:UpdateStack";
        "makes any resources with any role that CloudFormation may assume"),
    passed!("cloudformation.amazonaws.com" "role to a change set":
        "cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet";
        "makes any resources with any role that CloudFormation may assume"),
    passed!("glue.amazonaws.com" "role to a job of Glue":
        "glue:CreateJob" | "glue:UpdateJob", "glue:StartJobRun" | "glue:CreateTrigger";
        "runs code of its own with any role that Glue may assume"),
    passed!("glue.amazonaws.com" "role to a session of Glue":
        "glue:CreateSession", "glue:RunStatement";
        "runs code of its own with any role that Glue may assume"),
    passed!("sagemaker.amazonaws.com" "role to a notebook":
        "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl";
        "opens a notebook with any role that SageMaker may assume"),
    passed!("sagemaker.amazonaws.com" "role to a job of SageMaker":
        "sagemaker:CreateProcessingJob" | "sagemaker:CreateTrainingJob";
        "runs a container of its own with any role that SageMaker may assume"),
    passed!("codebuild.amazonaws.com" "role to a build":
        "codebuild:CreateProject" | "codebuild:UpdateProject", "codebuild:StartBuild" | "codebuild:StartBuildBatch";
        "runs commands of its own with any role that CodeBuild may assume"),
    passed!("states.amazonaws.com" "role to a state machine":
        "states:CreateStateMachine" | "states:UpdateStateMachine", "states:StartExecution";
        "calls any API with any role that Step Functions may assume"),
    passed!("scheduler.amazonaws.com" "role to a schedule":
        "scheduler:CreateSchedule" | "scheduler:UpdateSchedule";
        "calls any API with any role that EventBridge Scheduler may assume"),
    passed!("ssm.amazonaws.com" "role to an automation":
        "ssm:StartAutomationExecution";
        "runs steps with any role that Systems Manager may assume"),
    passed!("tasks.apprunner.amazonaws.com" "role to an App Runner service":
        "apprunner:CreateService" | "apprunner:UpdateService";
        "runs a container of its own with any role that App Runner tasks may assume"),
    passed!("datapipeline.amazonaws.com" "role to a pipeline":
        "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline";
        "runs commands of its own with any role that Data Pipeline may assume"),
    passed!("elasticmapreduce.amazonaws.com" "role to a cluster":
        "elasticmapreduce:RunJobFlow";
        "runs steps of its own on a cluster with any role that EMR may assume"),
    passed!("pods.eks.amazonaws.com" "role to a pod":
        "eks:CreatePodIdentityAssociation" | "eks:UpdatePodIdentityAssociation";
        "gives pods of a cluster any role that EKS Pod Identity may assume"),
    path(
        "code of a function",
        &[on(
            Target::Others("arn:{partition}:lambda:us-east-1:{account}:function:{name}", "function"),
            &["lambda:UpdateFunctionCode"],
        )],
        "runs code of its own with the role of any existing function",
        "https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html",
    ),
    path(
        "command on an instance",
        &[
            on(
                Target::Others("arn:{partition}:ec2:us-east-1:{account}:instance/i-{id}", "instance"),
                &["ssm:SendCommand"],
            ),
            on(
                Target::Others("arn:{partition}:ssm:us-east-1::document/AWS-RunShellScript", "document"),
                &["ssm:SendCommand"],
            ),
        ],
        "runs commands on any managed instance, with the role of the instance",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html",
    ),
    path(
        "shell on an instance",
        &[on(
            Target::Others("arn:{partition}:ec2:us-east-1:{account}:instance/i-{id}", "instance"),
            &["ssm:StartSession"],
        )],
        "opens a shell on any managed instance, with the role of the instance",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html",
    ),
    path(
        "build of a project",
        &[on(
            Target::Others("arn:{partition}:codebuild:us-east-1:{account}:project/{name}", "project"),
            &["codebuild:StartBuild", "codebuild:StartBuildBatch"],
        )],
        "runs commands of its own with the role of any existing project, by another build specification",
        "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html",
    ),
    path(
        "notebook that exists",
        &[on(
            Target::Others(
                "arn:{partition}:sagemaker:us-east-1:{account}:notebook-instance/{name}",
                "notebook",
            ),
            &["sagemaker:CreatePresignedNotebookInstanceUrl"],
        )],
        "opens any existing notebook, with the role of the notebook",
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl.html",
    ),
    path(
        "shell in a container",
        &[on(
            Target::Others("arn:{partition}:ecs:us-east-1:{account}:task/{name}/{task}", "task"),
            &["ecs:ExecuteCommand"],
        )],
        "opens a shell in any running container that permits it, with the role of its task",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
    ),
    path(
        "session of a code interpreter",
        &[
            any(&["bedrock-agentcore:StartCodeInterpreterSession"]),
            on(
                Target::Others(
                    "arn:{partition}:bedrock-agentcore:us-east-1:{account}:code-interpreter-custom/{name}",
                    "code interpreter",
                ),
                &["bedrock-agentcore:InvokeCodeInterpreter"],
            ),
        ],
        "runs code of its own with the role of any existing code interpreter",
        "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/code-interpreter-tool.html",
    ),
];
