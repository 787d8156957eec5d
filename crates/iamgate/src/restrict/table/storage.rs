//! Buckets, file systems and vaults.

use super::{Element, Names, PLAIN, Row};

const S3: &[&str] = &["s3"];

/// What clients do with a file system of S3 Files. Policies of the role say who may change it.
const OF_S3_FILES: &[&str] = &["s3files:ClientMount", "s3files:ClientRootAccess", "s3files:ClientWrite"];

pub(super) const BUCKET: Row = Row {
    services: S3,
    inside: &["{arn}/*"],
    fetch: "aws s3api get-bucket-policy --bucket {name} --query Policy --output text",
    beside: &[
        "S3 judges a request through an access point by the bucket's policy as well, under the bucket's own ARN",
    ],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html",
    ..PLAIN
};

pub(super) const OBJECT: Row = Row { services: S3, ..PLAIN };

pub(super) const ACCESS_POINT: Row = Row {
    services: S3,
    inside: &["{arn}/object/*"],
    fetch: "aws s3control get-access-point-policy --account-id {account} --name {name} --query Policy --output text",
    beside: &["the bucket behind the access point has its own policy, and further ways to it"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html",
    ..PLAIN
};

pub(super) const MULTI_REGION_ACCESS_POINT: Row = Row {
    services: S3,
    inside: &["{arn}/object/*"],
    fetch: "aws s3control get-multi-region-access-point-policy --account-id {account} --name NAME --region us-west-2 --query Policy.Established.Policy --output text",
    beside: &["the buckets behind the access point have their own policies, and further ways to them"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html",
    ..PLAIN
};

pub(super) const OBJECT_LAMBDA: Row = Row {
    services: &["s3-object-lambda", "s3"],
    inside: &["{arn}/object/*"],
    fetch: "aws s3control get-access-point-policy-for-object-lambda --account-id {account} --name {name} --query Policy --output text",
    beside: &["the access point and the bucket behind it have their own policies"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-policies.html",
    ..PLAIN
};

pub(super) const DIRECTORY_BUCKET: Row = Row {
    services: &["s3express"],
    fetch: "aws s3api get-bucket-policy --bucket {name} --query Policy --output text",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-security-iam-example-bucket-policies.html",
    ..PLAIN
};

pub(super) const DIRECTORY_ACCESS_POINT: Row = Row {
    services: &["s3express"],
    fetch: "aws s3control get-access-point-policy --account-id {account} --name {name} --query Policy --output text",
    beside: &["the bucket behind the access point has its own policy, and further ways to it"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-directory-buckets-policies.html",
    ..PLAIN
};

pub(super) const OUTPOSTS_BUCKET: Row = Row {
    services: &["s3-outposts"],
    inside: &["{arn}/object/*"],
    fetch: "aws s3control get-bucket-policy --account-id {account} --bucket {arn} --query Policy --output text",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/s3-outposts/S3OutpostsBucketPolicy.html",
    ..PLAIN
};

pub(super) const OUTPOSTS_ACCESS_POINT: Row = Row {
    services: &["s3-outposts"],
    inside: &["{arn}/object/*"],
    fetch: "aws s3control get-access-point-policy --account-id {account} --name {arn} --query Policy --output text",
    beside: &["the bucket behind the access point has its own policy, and further ways to it"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/s3-outposts/S3OutpostsIAM.html",
    ..PLAIN
};

pub(super) const TABLE_BUCKET: Row = Row {
    services: &["s3tables"],
    inside: &["{arn}/table/*"],
    fetch: "aws s3tables get-table-bucket-policy --table-bucket-arn {arn} --query resourcePolicy --output text",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-bucket-policy.html",
    ..PLAIN
};

pub(super) const BUCKET_TABLE: Row = Row {
    services: &["s3tables"],
    fetch: "aws s3tables get-table-policy --table-bucket-arn {head}:bucket/{name} --namespace NAMESPACE --name TABLE --query resourcePolicy --output text",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-table-policy.html",
    ..PLAIN
};

pub(super) const VECTOR_BUCKET: Row = Row {
    services: &["s3vectors"],
    inside: &["{arn}/index/*"],
    fetch: "aws s3vectors get-vector-bucket-policy --vector-bucket-arn {arn} --query policy --output text",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-bucket-policy.html",
    ..PLAIN
};

pub(super) const VECTOR_INDEX: Row = Row { services: &["s3vectors"], ..PLAIN };

pub(super) const FILE_SYSTEM: Row = Row {
    services: &["elasticfilesystem"],
    needs: Some(
        "without a policy, every client that reaches a mount target may use the file system, and a policy that only denies ends that",
    ),
    fetch: "aws efs describe-file-system-policy --file-system-id {name} --query Policy --output text",
    beside: &["access points of the file system have no policy; clients that use one name the file system"],
    source: "https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html",
    ..PLAIN
};

pub(super) const S3_FILE_SYSTEM: Row = Row {
    services: &["s3files"],
    names: Names::Listed(OF_S3_FILES),
    element: Element::Any,
    fetch: "aws s3files get-file-system-policy --file-system-id {name} --query policy --output text",
    beside: &[
        "access points of the file system have no policy; clients that use one name the file system",
        "the bucket behind the file system has its own policy, and further ways to it",
    ],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-files-access-point-policy-examples.html",
    ..PLAIN
};

pub(super) const BACKUP_VAULT: Row = Row {
    services: &["backup"],
    names: Names::Whole,
    element: Element::Any,
    fetch: "aws backup get-backup-vault-access-policy --backup-vault-name {name} --query Policy --output text",
    beside: &[
        "the services whose snapshots the vault holds, such as EC2 and RDS, have actions of their own on them",
    ],
    source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html",
    ..PLAIN
};

pub(super) const VAULT: Row = Row {
    services: &["glacier"],
    names: Names::Whole,
    fetch: "aws glacier get-vault-access-policy --account-id {account} --vault-name {name} --query policy.Policy --output text",
    source: "https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-access-policy.html",
    ..PLAIN
};
