"""Charts that not everybody may open."""
