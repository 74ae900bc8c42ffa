"""Release AWS Lambda functions through versions and aliases."""
