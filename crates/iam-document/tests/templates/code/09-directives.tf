resource "aws_iam_policy" "p" {
  policy = <<EOF
{"Version": "2012-10-17", "Statement": [
%{ for name in var.names ~}
  {"Effect": "Allow", "Action": "s3:*", "Resource": "${name}"},
%{ endfor ~}
  {"Effect": "Deny", "Action": "*", "Resource": "*"}
]}
EOF
}
