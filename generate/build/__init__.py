"""From runs to results to figures: what is out of date, and making it again."""
