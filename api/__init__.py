"""The JSON API for machines: the tables of the files, row by row, at addresses that stay."""
