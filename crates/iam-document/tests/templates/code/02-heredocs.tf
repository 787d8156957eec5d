resource "aws_iam_role" "worker" {
  name               = "worker"
  assume_role_policy = <<EOF
{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}
EOF
}

resource "aws_iam_role_policy" "worker" {
  role   = aws_iam_role.worker.id
  policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [{
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": ["arn:${var.partition}:s3:::${var.bucket}/*", ${jsonencode(var.more)}],
        "Condition": {"StringEquals": {"s3:prefix": "$${aws:username}"}}
      }]
    }
  POLICY
}
