# Ünïcode 🔑
resource "aws_s3_bucket_policy" "b" {
  /* a comment
     of two lines */
  bucket = "b"
  policy = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"caf\u00e9\", \"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": \"${var.arn}\"}]}"
}
