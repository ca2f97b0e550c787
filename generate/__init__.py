"""Train one decoder under three objectives, measure it, and draw what it learned."""
