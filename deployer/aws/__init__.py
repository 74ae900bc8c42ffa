"""boto3 and tenacity: reads, and does what the core decided. Decides nothing about traffic."""
