//! Services, and how their records differ.

/// A service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    /// The source of its events.
    pub(crate) source: &'static str,
    /// The first label of its hosts.
    pub(crate) host: &'static str,
    /// The one Region in which a global service records its events.
    pub(crate) home: Option<&'static str>,
    /// The code of a denial in CloudTrail, and what clients get.
    pub(crate) denied: (&'static str, &'static str),
    /// Whether the record of a denial keeps the parameters.
    pub(crate) keeps_parameters: bool,
    /// The code and the message of a call that came too often.
    pub(crate) throttled: (&'static str, &'static str),
    pub(crate) api_version: Option<&'static str>,
}

impl Service {
    /// The code that clients get for a call that came too often.
    pub(crate) fn throttled_code(&self) -> &'static str {
        let (code, _) = self.throttled;
        code.rsplit('.').next().unwrap_or(code)
    }
}

const fn service(source: &'static str, host: &'static str) -> Service {
    Service {
        source,
        host,
        home: None,
        denied: ("AccessDenied", "AccessDeniedException"),
        keeps_parameters: false,
        throttled: ("ThrottlingException", "Rate exceeded"),
        api_version: None,
    }
}

pub(crate) static S3: Service = Service {
    denied: ("AccessDenied", "AccessDenied"),
    keeps_parameters: true,
    throttled: ("SlowDown", "Please reduce your request rate."),
    ..service("s3.amazonaws.com", "s3")
};
pub(crate) static EC2: Service = Service {
    denied: ("Client.UnauthorizedOperation", "UnauthorizedOperation"),
    keeps_parameters: true,
    throttled: ("Client.RequestLimitExceeded", "Request limit exceeded."),
    ..service("ec2.amazonaws.com", "ec2")
};
pub(crate) static IAM: Service = Service {
    home: Some("us-east-1"),
    denied: ("AccessDenied", "AccessDenied"),
    throttled: ("Throttling", "Rate exceeded"),
    ..service("iam.amazonaws.com", "iam")
};
pub(crate) static SECRETS_MANAGER: Service = service("secretsmanager.amazonaws.com", "secretsmanager");
pub(crate) static LAMBDA: Service = Service {
    throttled: ("TooManyRequestsException", "Rate Exceeded."),
    ..service("lambda.amazonaws.com", "lambda")
};
pub(crate) static KMS: Service = service("kms.amazonaws.com", "kms");
pub(crate) static DYNAMODB: Service =
    Service { api_version: Some("2012-08-10"), ..service("dynamodb.amazonaws.com", "dynamodb") };
pub(crate) static CLOUDWATCH: Service =
    Service { denied: ("AccessDenied", "AccessDenied"), ..service("monitoring.amazonaws.com", "monitoring") };
pub(crate) static LOGS: Service =
    Service { api_version: Some("20140328"), ..service("logs.amazonaws.com", "logs") };
pub(crate) static SUPPORT: Service =
    Service { home: Some("us-east-1"), ..service("support.amazonaws.com", "support") };
pub(crate) static SERVICE_QUOTAS: Service = service("servicequotas.amazonaws.com", "servicequotas");
pub(crate) static CLOUDFORMATION: Service = Service {
    denied: ("AccessDenied", "AccessDenied"),
    throttled: ("Throttling", "Rate exceeded"),
    ..service("cloudformation.amazonaws.com", "cloudformation")
};
pub(crate) static RDS: Service = Service {
    denied: ("AccessDenied", "AccessDenied"),
    throttled: ("Throttling", "Rate exceeded"),
    ..service("rds.amazonaws.com", "rds")
};
pub(crate) static ECS: Service = service("ecs.amazonaws.com", "ecs");
pub(crate) static STS: Service = Service {
    denied: ("AccessDenied", "AccessDenied"),
    throttled: ("Throttling", "Rate exceeded"),
    ..service("sts.amazonaws.com", "sts")
};
