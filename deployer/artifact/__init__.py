"""What is released: deployment packages, made, read and measured without AWS."""
