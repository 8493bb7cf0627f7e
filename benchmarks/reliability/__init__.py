"""What is promised of logs and their readers, tried thousands of times."""
