"""The gates of the built site: ``make audit`` builds it, serves it and measures what a reader gets."""
