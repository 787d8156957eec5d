data "aws_iam_policy_document" "all" {
  policy_id               = "all"
  source_policy_documents = [data.aws_iam_policy_document.one.json, var.extra]

  statement {
    actions   = concat(["s3:GetObject"], var.actions)
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["a"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = ["us-east-1", var.region]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["b"]
    }
  }

  dynamic "statement" {
    for_each = var.buckets
    content {
      actions   = ["s3:PutObject"]
      resources = ["${statement.value}/*"]
    }
  }
}

resource "aws_vpc_endpoint" "s3" {
  service_name = "com.amazonaws.us-east-1.s3"
  policy       = data.aws_iam_policy_document.all.json
}
