"""Ways to write a serverless application, each as the CloudFormation that comes of it."""
