"""Servers, drivers of pages and makers of logs that tests share."""
