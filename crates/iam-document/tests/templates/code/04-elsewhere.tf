resource "aws_iam_policy" "file" {
  policy = file("${path.module}/policy.json")
}
resource "aws_iam_policy" "template" {
  policy = templatefile("policy.tftpl", { bucket = var.bucket })
}
resource "aws_iam_role" "role" {
  assume_role_policy = data.aws_iam_policy_document.elsewhere.json
}
resource "aws_kms_key" "key" {
  description = "a key without a policy here"
  policy      = var.policy
}
