"""Lists of inquiries as files for a spreadsheet: which columns, which cells, in which format."""
