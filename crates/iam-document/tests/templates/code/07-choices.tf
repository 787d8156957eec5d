resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = var.deny ? "Deny" : "Allow"
      Action   = var.wide ? ["s3:*"] : ["s3:GetObject", "s3:PutObject"]
      Resource = [for name in var.names : "arn:aws:s3:::${name}/*"]
    }]
  })
}

resource "aws_sqs_queue" "q" {
  policy = var.open ? jsonencode({ Version = "2012-10-17", Statement = [] }) : jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "sqs:*", Resource = "*" }] })
}
