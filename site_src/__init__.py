"""What the site is made with: the Markdown shortcodes, and beside them the theme's overrides and assets."""
