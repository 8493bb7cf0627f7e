"""What tests lend each other: servers, drivers of pages, makers of logs."""
