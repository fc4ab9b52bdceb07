"""`novalgo doctor`: what is configured, what answers, and how to mend what does not."""
