//! The operations of services that the double knows: for each one the actions of IAM, the resources that they are decided on, and the form of
//! its record.
//!
//! # Source
//! Service Authorization Reference (actions and resource types); API references of the services; CloudTrail User Guide (data events, global
//! services); recorded events for parameters, codes and messages.

mod computing;
mod data;
mod others;
mod service;

use serde_json::Value;

pub(crate) use service::{STS, Service};

/// A call of a service.
///
/// Names and ids are taken as they are: the double has no instances, tables or secrets, and a call that policies allow succeeds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServiceCall {
    /// S3 `ListBuckets`
    ListBuckets,
    /// S3 `GetObject`, a data event.
    GetObject {
        /// The bucket.
        bucket: Box<str>,
        /// The key.
        key: Box<str>,
    },
    /// S3 `PutObject`, a data event.
    PutObject {
        /// The bucket.
        bucket: Box<str>,
        /// The key.
        key: Box<str>,
    },
    /// S3 `GetBucketPolicy`
    GetBucketPolicy {
        /// The bucket.
        bucket: Box<str>,
    },
    /// EC2 `DescribeInstances`
    DescribeInstances {
        /// The ids of instances; empty for all.
        instances: Vec<Box<str>>,
    },
    /// EC2 `TerminateInstances`
    TerminateInstances {
        /// The ids of instances.
        instances: Vec<Box<str>>,
        /// Whether EC2 is asked only whether it would do it.
        dry_run: bool,
    },
    /// EC2 `RunInstances`
    RunInstances {
        /// The id of the image.
        image: Box<str>,
        /// The id of the subnet.
        subnet: Box<str>,
        /// The id of the security group.
        group: Box<str>,
        /// Whether EC2 is asked only whether it would do it.
        dry_run: bool,
    },
    /// IAM `ListRoles`
    ListRoles,
    /// IAM `GetRole`
    GetRole {
        /// The name of the role.
        role: Box<str>,
    },
    /// IAM `CreateUser`
    CreateUser {
        /// The name of the user.
        user: Box<str>,
    },
    /// Secrets Manager `GetSecretValue`
    GetSecretValue {
        /// The ARN of the secret.
        secret: Box<str>,
    },
    /// Secrets Manager `ListSecrets`
    ListSecrets,
    /// Lambda `ListFunctions`
    ListFunctions,
    /// Lambda `GetFunction`
    GetFunction {
        /// The name of the function.
        function: Box<str>,
    },
    /// KMS `Decrypt`
    Decrypt {
        /// The id of the key.
        key: Box<str>,
    },
    /// DynamoDB `GetItem`, a data event.
    GetItem {
        /// The name of the table.
        table: Box<str>,
    },
    /// DynamoDB `Scan`, a data event.
    Scan {
        /// The name of the table.
        table: Box<str>,
    },
    /// CloudWatch `GetMetricData`, a data event.
    GetMetricData,
    /// CloudWatch Logs `FilterLogEvents`, which CloudTrail records as a management event.
    FilterLogEvents {
        /// The name of the log group.
        group: Box<str>,
    },
    /// Support `CreateCase`
    CreateCase,
    /// Support `DescribeCases`
    DescribeCases,
    /// Service Quotas `RequestServiceQuotaIncrease`
    RequestServiceQuotaIncrease {
        /// The code of the service.
        service: Box<str>,
        /// The code of the quota.
        quota: Box<str>,
    },
    /// CloudFormation `DescribeStacks`
    DescribeStacks {
        /// The name of the stack. `None` for all.
        stack: Option<Box<str>>,
    },
    /// RDS `DescribeDBInstances`
    DescribeDbInstances {
        /// The id of the instance. `None` for all.
        instance: Option<Box<str>>,
    },
    /// ECS `ListClusters`
    ListClusters,
}

/// What a call is to a service: the rows of the table.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) service: &'static Service,
    /// The name in CloudTrail.
    pub(crate) name: &'static str,
    pub(crate) asked: Vec<Asked>,
    pub(crate) parameters: Value,
    pub(crate) response: Value,
    pub(crate) resources: Vec<Value>,
    pub(crate) is_read: bool,
    pub(crate) is_data: bool,
    pub(crate) is_dry: bool,
}

/// A request to decide.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) action: &'static str,
    pub(crate) resource: String,
    /// The account that owns the resource; `None` for the caller's.
    pub(crate) owner: Option<Box<str>>,
    /// What messages name as the resource. `None` if they name none.
    pub(crate) shown: Option<String>,
}

/// Where a call is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    /// The account that owns the bucket of the call.
    pub(crate) owner: Option<&'a str>,
    /// The ARN of the role of the call, if the account has it.
    pub(crate) role: Option<&'a str>,
}

impl Asked {
    /// A request on a resource, which messages name.
    fn on(action: &'static str, resource: String) -> Self {
        Self { action, shown: Some(resource.clone()), resource, owner: None }
    }

    /// A request without a resource.
    fn anywhere(action: &'static str, shown: Option<&str>) -> Self {
        Self { action, resource: "*".to_owned(), owner: None, shown: shown.map(str::to_owned) }
    }
}

impl Spec {
    /// An operation that reads: a management event without a response.
    pub(crate) const fn read(
        service: &'static Service,
        name: &'static str,
        asked: Vec<Asked>,
        parameters: Value,
    ) -> Self {
        Self {
            service,
            name,
            asked,
            parameters,
            response: Value::Null,
            resources: Vec::new(),
            is_read: true,
            is_data: false,
            is_dry: false,
        }
    }

    /// An operation that writes, with what its answer has.
    fn write(
        service: &'static Service,
        name: &'static str,
        asked: Vec<Asked>,
        parameters: Value,
        response: Value,
    ) -> Self {
        let mut own = Self::read(service, name, asked, parameters);
        own.is_read = false;
        own.response = response;
        own
    }

    fn data(mut self) -> Self {
        self.is_data = true;
        self
    }

    pub(crate) fn naming(mut self, resources: Vec<Value>) -> Self {
        self.resources = resources;
        self
    }
}

impl ServiceCall {
    /// The bucket of the call.
    pub(crate) fn bucket(&self) -> Option<&str> {
        match self {
            Self::GetObject { bucket, .. }
            | Self::PutObject { bucket, .. }
            | Self::GetBucketPolicy { bucket } => Some(bucket),
            Self::ListBuckets
            | Self::DescribeInstances { .. }
            | Self::TerminateInstances { .. }
            | Self::RunInstances { .. }
            | Self::ListRoles
            | Self::GetRole { .. }
            | Self::CreateUser { .. }
            | Self::GetSecretValue { .. }
            | Self::ListSecrets
            | Self::ListFunctions
            | Self::GetFunction { .. }
            | Self::Decrypt { .. }
            | Self::GetItem { .. }
            | Self::Scan { .. }
            | Self::GetMetricData
            | Self::FilterLogEvents { .. }
            | Self::CreateCase
            | Self::DescribeCases
            | Self::RequestServiceQuotaIncrease { .. }
            | Self::DescribeStacks { .. }
            | Self::DescribeDbInstances { .. }
            | Self::ListClusters => None,
        }
    }

    /// The service of the call.
    pub(crate) fn service(&self) -> &'static Service {
        match self {
            Self::ListBuckets
            | Self::GetObject { .. }
            | Self::PutObject { .. }
            | Self::GetBucketPolicy { .. } => &service::S3,
            Self::DescribeInstances { .. } | Self::TerminateInstances { .. } | Self::RunInstances { .. } => {
                &service::EC2
            }
            Self::ListRoles | Self::GetRole { .. } | Self::CreateUser { .. } => &service::IAM,
            Self::GetSecretValue { .. } | Self::ListSecrets => &service::SECRETS_MANAGER,
            Self::ListFunctions | Self::GetFunction { .. } => &service::LAMBDA,
            Self::Decrypt { .. } => &service::KMS,
            Self::GetItem { .. } | Self::Scan { .. } => &service::DYNAMODB,
            Self::GetMetricData => &service::CLOUDWATCH,
            Self::FilterLogEvents { .. } => &service::LOGS,
            Self::CreateCase | Self::DescribeCases => &service::SUPPORT,
            Self::RequestServiceQuotaIncrease { .. } => &service::SERVICE_QUOTAS,
            Self::DescribeStacks { .. } => &service::CLOUDFORMATION,
            Self::DescribeDbInstances { .. } => &service::RDS,
            Self::ListClusters => &service::ECS,
        }
    }

    /// Whether the call gives out a secret, or what a secret protects.
    pub(crate) const fn reads_a_secret(&self) -> bool {
        matches!(self, Self::GetSecretValue { .. } | Self::Decrypt { .. })
    }

    pub(crate) fn spec(&self, at: At<'_>) -> Spec {
        match self {
            Self::ListBuckets => data::list_buckets(at),
            Self::GetObject { bucket, key } => data::get_object(bucket, key, at),
            Self::PutObject { bucket, key } => data::put_object(bucket, key, at),
            Self::GetBucketPolicy { bucket } => data::bucket_policy(bucket, at),
            Self::DescribeInstances { instances } => computing::describe_instances(instances),
            Self::TerminateInstances { instances, dry_run } => computing::terminate(instances, *dry_run, at),
            Self::RunInstances { image, subnet, group, dry_run } => {
                Spec { is_dry: *dry_run, ..computing::run(image, subnet, group, at) }
            }
            Self::ListRoles => others::list_roles(at),
            Self::GetRole { role } => others::role(role, at),
            Self::CreateUser { user } => others::create_user(user, at),
            Self::GetSecretValue { secret } => data::secret(secret),
            Self::ListSecrets => data::list_secrets(),
            Self::ListFunctions => computing::list_functions(),
            Self::GetFunction { function } => computing::function(function, at),
            Self::Decrypt { key } => data::decrypt(key, at),
            Self::GetItem { table } => data::item(table, at),
            Self::Scan { table } => data::scan(table, at),
            Self::GetMetricData => others::metrics(),
            Self::FilterLogEvents { group } => others::log_events(group, at),
            Self::CreateCase => others::create_case(at),
            Self::DescribeCases => others::cases(),
            Self::RequestServiceQuotaIncrease { service, quota } => others::quota(service, quota, at),
            Self::DescribeStacks { stack } => others::stacks(stack.as_deref(), at),
            Self::DescribeDbInstances { instance } => data::databases(instance.as_deref(), at),
            Self::ListClusters => computing::list_clusters(),
        }
    }
}
